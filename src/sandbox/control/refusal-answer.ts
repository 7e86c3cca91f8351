import { type Answer, json } from '../server/answer.ts'
import { ControlError, type ControlErrorCode } from './control-error.ts'

const STATUS: Record<ControlErrorCode, number> = {
  invalid_input: 400,
  not_possible: 409,
  unknown_bot: 404,
  unknown_user: 404,
  unknown_chat: 404,
  unknown_message: 404,
  unknown_callback: 404,
  unknown_call: 404,
}

/** What the control API says to a mistake of its caller; anything else that was thrown goes on its way. */
export function refusalAnswer(thrown: unknown): Answer {
  if (!(thrown instanceof ControlError)) throw thrown
  const { code, message } = thrown
  return json(STATUS[code], { error: { code, message } })
}
