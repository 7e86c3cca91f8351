import type { BotState } from '../domain/bot.ts'

type Save = (state: BotState, reason: string | null) => Promise<void>

/** Who has something to say about a bot: whoever receives for it, and whoever sends for it. */
export type Speaker = 'updates' | 'sending'

interface Word {
  state: BotState
  reason: string | null
}

/**
 * Makes one state out of what the parts of a bot say, and saves it when it changes. That sending is refused weighs more than what
 * receiving says; and when it works again, a refusal that receiving met before is over as well.
 */
export class BotStates {
  readonly #save: Save
  readonly #words = new Map<Speaker, Word>()
  #saved: string | undefined
  #saving: Promise<void> = Promise.resolve()

  constructor(save: Save) {
    this.#save = save
  }

  /** Rejects when it could not be saved; then it is saved with the next word. */
  say(speaker: Speaker, state: BotState, reason: string | null): Promise<void> {
    this.#words.set(speaker, { state, reason })
    const saving = this.#saving.then(() => this.#saveIfNew())
    this.#saving = saving.catch(() => undefined)
    return saving
  }

  async #saveIfNew(): Promise<void> {
    const { state, reason } = this.#together()
    const news = `${state} ${reason}`
    if (news === this.#saved) return
    this.#saved = undefined
    await this.#save(state, reason)
    this.#saved = news
  }

  #together(): Word {
    const sending = this.#words.get('sending')
    const updates = this.#words.get('updates')
    if (updates === undefined || sending?.state === 'rejected')
      return sending ?? updates ?? { state: 'starting', reason: null }
    return updates.state === 'rejected' && sending?.state === 'running' ? sending : updates
  }
}
