import { tooManyRequests } from '../refusal.ts'
import type { Target } from '../world/access.ts'
import type { MethodCall } from './method-call.ts'

/**
 * The last check of a call that sends or edits: nothing before it costs anything. Waits where the rate model absorbs,
 * throws 429 where it does not.
 */
export async function payRate(call: MethodCall, target: Target, kind: 'send' | 'edit', weight: number): Promise<void> {
  const { rates, steadyClock } = call.environment
  const verdict = rates.check({
    botId: call.bot.id,
    chatId: target.chatId,
    chatKind: chatKind(target),
    kind,
    weight,
    paid: call.parameters.flag('allow_paid_broadcast'),
    nowMs: steadyClock.now(),
  })
  if (!verdict.allowed) {
    call.outcome.violation = verdict.violation
    throw tooManyRequests(verdict.retryAfterSeconds)
  }
  if (verdict.delayMs > 0) await steadyClock.sleep(verdict.delayMs, call.signal)
}

function chatKind(target: Target): 'private' | 'group' | 'channel' {
  if (target.kind !== 'chat') return 'private'
  return target.chat.type === 'channel' ? 'channel' : 'group'
}
