/**
 * No wait of Telegram's own is longer, in milliseconds: its library takes no more than 14 days from its servers
 * (github.com/tdlib/td, NetQueryDelayer.cpp). The longest that anybody reported was 14 hours (github.com/tdlib/telegram-bot-api, issue
 * 535).
 */
const LONGEST_WAIT_MS = 14 * 86_400_000

/** Instead of one that Telegram cannot have meant: longer than any that was reported, and then it is asked again. */
const INSTEAD_OF_ABSURD_MS = 86_400_000

/** A wait as long as Telegram can mean it; a day for what a proxy, or a server of another make, said in its place. */
export function believableWaitMs(waitMs: number): number {
  return waitMs <= LONGEST_WAIT_MS ? waitMs : INSTEAD_OF_ABSURD_MS
}

/** What is known when a call gets a 429. */
export interface ThrottleEvidence {
  retryAfterMs: number
  /** The call named no chat, so no chat can be meant. */
  hasNoChat: boolean
  /** Milliseconds for which nothing was sent into this chat, as far as we watched. */
  quietMs: number
  /** Another chat of the bot got a 429 of its own within `SAME_INCIDENT_MS`, and still waits because of it. */
  anotherChatWaits: boolean
  /** Another chat of the bot was told to wait until the same moment. */
  anotherChatWaitsAlike: boolean
  /** How many probes in a row got a 429, this one included: single calls after a wait of the whole bot. */
  throttledProbes: number
}

/** A chat that was quiet for so long cannot have reached a limit by itself: the slowest limit of a chat counts a minute. */
const QUIET_MS = 60_000

/** Waits beyond this are penalties rather than limits. */
const PENALTY_MS = 60_000

/** How long the whole bot waits at most before one call tries whether it was meant. */
const FIRST_WAIT_MS = 60_000

/**
 * A 429 in a second chat speaks for the bot when it comes so soon after the first one. A chat that has waited for longer than that has a
 * penalty of its own, which may last for half a day: it says nothing about the others.
 */
export const SAME_INCIDENT_MS = 60_000

/** Two waits that end so close to each other are one: Telegram rounds to seconds, and we add up to half a one. */
export const SAME_MOMENT_MS = 2000

/**
 * How long the whole bot waits because of a 429, in milliseconds; 0 when only the chat does.
 *
 * Telegram does not say which limit was hit ("usually other messages will also fail, but sometimes they will be sent":
 * github.com/tdlib/td, issue 1062), so it is the chat until something speaks for more. A single person's chat can be closed
 * for half a day (github.com/tdlib/telegram-bot-api, issue 535), which must not stop everybody else's: after a minute one call probes,
 * and only when that is refused as well does the wait double, up to what Telegram asked for. Two chats that must wait until the same
 * moment leave no doubt: then nobody probes before it.
 */
export function botWaitMs(evidence: ThrottleEvidence): number {
  const { retryAfterMs, hasNoChat, quietMs, anotherChatWaits, anotherChatWaitsAlike, throttledProbes } = evidence
  if (anotherChatWaitsAlike) return retryAfterMs
  const meansChat = quietMs < QUIET_MS && retryAfterMs <= PENALTY_MS && throttledProbes === 0
  const meansBot = hasNoChat || anotherChatWaits || !meansChat
  return meansBot ? Math.min(retryAfterMs, FIRST_WAIT_MS * 2 ** throttledProbes) : 0
}

/** The pace of a bot that was told to wait: `perSecond` at first, from `sinceMs` on growing again. */
export interface Recovery {
  perSecond: number
  sinceMs: number
}

/** What each so many milliseconds without another wait of the bot give back, in messages a second. */
const STEP = { everyMs: 10_000, perSecond: 1 } as const

/** The pace at `nowMs`, in messages a second: one more for each ten clean seconds, up to the full one. */
export function recoveredPerSecond(recovery: Recovery, fullPerSecond: number, nowMs: number): number {
  const steps = Math.max(0, Math.floor((nowMs - recovery.sinceMs) / STEP.everyMs))
  return Math.min(fullPerSecond, recovery.perSecond + steps * STEP.perSecond)
}

/** The bot was told to wait until `untilMs`: half of its present pace from then on, and at least one a second. */
export function halved(
  recovery: Recovery | undefined,
  fullPerSecond: number,
  { nowMs, untilMs }: { nowMs: number; untilMs: number },
): Recovery {
  const present = recovery === undefined ? fullPerSecond : recoveredPerSecond(recovery, fullPerSecond, nowMs)
  return { perSecond: Math.max(1, present / 2), sinceMs: untilMs }
}
