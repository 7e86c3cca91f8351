export type ControlErrorCode =
  | 'invalid_input'
  | 'unknown_bot'
  | 'unknown_user'
  | 'unknown_chat'
  | 'unknown_message'
  | 'unknown_callback'
  | 'unknown_call'
  | 'not_possible'

/** The control API cannot do this. `code` is stable, the message is for people. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
  readonly code: ControlErrorCode

  constructor(code: ControlErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
