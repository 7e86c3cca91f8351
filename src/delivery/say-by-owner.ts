import type { Clock } from '../domain/clock.ts'
import { randomText } from '../domain/ids.ts'
import type { Random } from '../domain/random.ts'
import type { Said } from '../domain/signal.ts'
import { Unsaid } from '../domain/unsaid.ts'
import type { Store } from '../store/store.ts'

export interface SayByOwnerDeps {
  store: Pick<Store, 'getBot' | 'signal' | 'onSignal' | 'onMissed'>
  /** Says it in this process; undefined when nothing here works for the bot. */
  here: (botId: string, said: Said) => Promise<void> | undefined
  /** No other process can be on this database. */
  alone: boolean
  clock: Clock
  random: Random
}

/** Between two looks whether the bot is still served by whoever has what is to be said, in milliseconds. */
const LOOK_EVERY_MS = 2_000

/**
 * For so long an owner that lives may take, in milliseconds, whatever the limits of the chat ask of it. After that the word to it, or its
 * answer, is taken for lost.
 */
const LONGEST_MS = 90_000

/** Says something in a chat of a bot. Resolves when it was said, or given up; rejects with `Unsaid` when it was not and may be later. */
export type SayByOwner = (botId: string, said: Said) => Promise<void>

/**
 * Says things by way of whoever serves the bot, in this process or another one, because only there is known how much of it Telegram
 * takes. A word to another process may be lost, so its answer is waited for; that ends when it does not serve the bot any more.
 */
export function sayByOwner(deps: SayByOwnerDeps): SayByOwner {
  return async (botId, said) => {
    const here = deps.here(botId, said)
    if (here !== undefined) return await here
    const owner = deps.alone ? undefined : await ownerOf(deps, botId)
    if (owner === undefined) throw new Unsaid('nobody serves the bot now')
    if (!(await handOver(deps, owner, { botId, said }))) throw new Unsaid('whoever served the bot did not say it')
  }
}

/** What no two claims of a bot have in common; undefined while nobody serves it. */
async function ownerOf({ store }: SayByOwnerDeps, botId: string): Promise<number | undefined> {
  const bot = await store.getBot(botId)
  return bot?.isServed === true ? bot.formerFence : undefined
}

/** False when it was not said, as far as is known here. */
async function handOver(
  deps: SayByOwnerDeps,
  owner: number,
  { botId, said }: { botId: string; said: Said },
): Promise<boolean> {
  const { store, random } = deps
  const id = randomText(random, 16)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const over = new AbortController()
  const stopListening = [
    store.onSignal((signal) => {
      if (signal.kind !== 'said' || signal.id !== id) return false
      resolve(signal.isOver)
      return true
    }),
    // The answer may have been among it.
    store.onMissed(() => resolve(false)),
  ]
  store.signal({ ...said, kind: 'say', id, botId })
  void whileItServes(deps, { botId, owner }, over.signal).then(() => resolve(false))
  try {
    return await promise
  } finally {
    over.abort()
    for (const stop of stopListening) stop()
  }
}

/** Resolves when this owner does not serve the bot any more, or had it for too long. */
async function whileItServes(
  deps: SayByOwnerDeps,
  { botId, owner }: { botId: string; owner: number },
  over: AbortSignal,
): Promise<void> {
  for (let waitedMs = 0; waitedMs < LONGEST_MS; waitedMs += LOOK_EVERY_MS) {
    await deps.clock.sleep(LOOK_EVERY_MS, over)
    if (over.aborted) return
    // While the database cannot be asked, the owner is believed in.
    const now = await ownerOf(deps, botId).catch(() => owner)
    if (now !== owner) return
  }
}
