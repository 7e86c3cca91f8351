import type { Environment } from '../environment.ts'
import type { MethodCall } from '../methods/method-call.ts'
import { findMethod } from '../methods/method-table.ts'
import { readBody } from '../parameters/read-request.ts'
import { ParameterCollector } from '../parameters/parameters.ts'
import type { BotData } from '../world/data.ts'

/** A webhook's answer may not call these, nor anything that begins with "get" (Bot API server). */
const FORBIDDEN = ['setwebhook', 'deletewebhook', 'close', 'logout']

/** Carries out the `method` in the answer of a webhook. Its result is reported to nobody. */
export async function runReplyMethod(
  environment: Environment,
  bot: BotData,
  contentType: string,
  body: Buffer,
): Promise<void> {
  const collector = new ParameterCollector()
  readBody(body, contentType, collector)
  const parameters = collector.collected()
  const written = parameters.text('method').toLowerCase()
  const found = FORBIDDEN.includes(written) || written.startsWith('get') ? undefined : findMethod(written)
  if (found === undefined) return
  const call: MethodCall = {
    environment,
    bot,
    parameters,
    signal: new AbortController().signal,
    albumFault: undefined,
    outcome: { stored: [], violation: false },
  }
  try {
    await found.method(call)
  } catch {
    // A refusal here is heard by nobody, as with the real server.
  }
}
