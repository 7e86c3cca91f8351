import type { ApiMethods } from '@grammyjs/types'
import type { Environment } from '../environment.ts'
import type { Parameters, UploadedFile } from '../parameters/parameters.ts'
import type { BotData } from '../world/data.ts'

/** One call of a method, after its token was recognised. */
export interface MethodCall {
  environment: Environment
  bot: BotData
  parameters: Parameters
  /** Aborts when the caller hangs up or the sandbox stops. */
  signal: AbortSignal
  /** A fault that only the method can act out: an album that fails after so many items. */
  albumFault: { stored: number; retryAfterSeconds: number } | undefined
  /** What the record of requests will say of this call. */
  outcome: { stored: number[]; violation: boolean }
}

/** A result that comes with a `description`, as those of setWebhook. */
export class Described<T> {
  readonly result: T
  readonly description: string

  constructor(result: T, description: string) {
    this.result = result
    this.description = description
  }
}

export type MethodName = keyof ApiMethods<UploadedFile>

/** What the Bot API's types promise for this method. */
export type ResultOf<Name extends MethodName> = ReturnType<ApiMethods<UploadedFile>[Name]>

/** Answers as the types of the Bot API say, or throws a `Refusal`. */
export type Method<Name extends MethodName> = (
  call: MethodCall,
) => ResultOf<Name> | Described<ResultOf<Name>> | Promise<ResultOf<Name> | Described<ResultOf<Name>>>
