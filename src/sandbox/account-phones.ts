import { createHash } from 'node:crypto'
import type { Clock } from '../domain/clock.ts'
import type { ChangeEvent, SandboxControl, UserView } from './control-types.ts'
import { ControlError } from './control/control-error.ts'
import { ControlInput } from './control/input.ts'
import { assertActsAlone, concerns, PERSONAL_READS, PERSONAL_WRITES } from './control/personal-calls.ts'
import { refusalAnswer } from './control/refusal-answer.ts'
import { type PhoneAsset, phoneAsset } from './phone/phone-page.ts'
import { type Answer, json } from './server/answer.ts'

/** The common proxies close a stream that is quiet for 60 s. */
const QUIET_MS = 15_000

/** Numbers of people who were made up otherwise end below this; Telegram's own fit in 52 bits (Bot API, User). */
const FIRST_NUMBER = 1_000_000_000_000
const NUMBER_BYTES = 6

export interface AccountPhonesDeps {
  control: SandboxControl
  clock: Clock
  /** Username of the bot that everybody may find. */
  bot: string
}

/** What `personOf` needs of whoever has an account with the program around the sandbox. */
export interface PhoneAccount {
  id: string
  name: string
  /** IETF tag such as "en" or "ru". */
  locale: string
}

/** A phone for each account of the program that the sandbox is a part of: one person each, and nobody else's chats. */
export class AccountPhones {
  readonly #control: SandboxControl
  readonly #clock: Clock
  readonly bot: { username: string }

  constructor({ control, clock, bot }: AccountPhonesDeps) {
    this.#control = control
    this.#clock = clock
    this.bot = { username: bot }
  }

  /** The account's person: the same number for ever, also in a world that begins anew, and called as the account is. */
  personOf({ id: account, name, locale }: PhoneAccount): { id: number; firstName: string; languageCode: string } {
    const id = numberOf(account)
    const profile = { firstName: name, languageCode: locale }
    const found = this.#find(id)
    if (found === undefined) this.#control.createUser({ id, ...profile })
    else if (found.firstName !== name || found.languageCode !== locale)
      this.#control.changeUser({ user: id, ...profile })
    return { id, ...profile }
  }

  /** A file of the page; its document has the empty name. Undefined when there is none. */
  file(name: string): PhoneAsset | undefined {
    if (name === '') return phoneAsset('/_sandbox/phone/embedded.html')
    return name.endsWith('.html') ? undefined : phoneAsset(`/_sandbox/phone/${name}`)
  }

  /** One call of the control API (docs/sandbox.md), as far as it is about this person. */
  call(person: number, { method, name, input }: { method: 'GET' | 'POST'; name: string; input: unknown }): Answer {
    const calls = method === 'GET' ? PERSONAL_READS : PERSONAL_WRITES
    const holder = { person, bot: this.bot.username }
    try {
      const call = Object.hasOwn(calls, name) ? calls[name] : undefined
      if (call === undefined) throw new ControlError('unknown_call', `A phone has no ${method} ${name}.`)
      const given = new ControlInput(input ?? {})
      assertActsAlone(holder, given)
      return json(200, call(this.#control, holder, given) ?? {})
    } catch (problem) {
      return refusalAnswer(problem)
    }
  }

  /**
   * What changes for this person, until the signal aborts: the newest of each kind since the last batch. The first batch comes at once,
   * and an empty one after every 15 s of quiet.
   */
  async *changes(
    person: number,
    signal: AbortSignal,
  ): AsyncGenerator<readonly Pick<ChangeEvent, 'kind'>[], void, void> {
    const heard = new Set<ChangeEvent['kind']>(['reset'])
    let wake = (): void => undefined
    const unsubscribe = this.#control.subscribe((event) => {
      if (!this.#isFor(person, event)) return
      heard.add(event.kind)
      wake()
    })
    try {
      while (!signal.aborted) {
        const batch = Array.from(heard, (kind) => ({ kind }))
        heard.clear()
        yield batch
        if (heard.size > 0) continue
        const woken = new AbortController()
        wake = () => woken.abort()
        await this.#clock.sleep(QUIET_MS, AbortSignal.any([signal, woken.signal]))
      }
    } finally {
      unsubscribe()
    }
  }

  /** Calls of bots come by the thousand: only those about this person's chat are told. A tap waits for its answer by itself. */
  #isFor(person: number, { kind, chatId }: ChangeEvent): boolean {
    if (kind === 'update' || kind === 'callback') return false
    if (chatId !== undefined) return concerns(this.#control, person, chatId)
    return kind !== 'request'
  }

  #find(id: number): UserView | undefined {
    try {
      return this.#control.user(id)
    } catch (problem) {
      if (problem instanceof ControlError && problem.code === 'unknown_user') return undefined
      throw problem
    }
  }
}

/** 48 bits of a digest: among a hundred thousand accounts, two have the same in one of 50 000 worlds. */
function numberOf(account: string): number {
  return FIRST_NUMBER + createHash('sha256').update(account).digest().readUIntBE(0, NUMBER_BYTES)
}
