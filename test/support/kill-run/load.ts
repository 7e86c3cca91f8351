import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../../src/domain/random.ts'
import { type ApiAnswer, ask } from './api.ts'
import { makeText } from './make-text.ts'
import type { Account, LinkedChat } from './people.ts'
import { bodyOf, makeWishes, type Wishes } from './wishes.ts'

/** One message that somebody wants to have sent, however often it takes to say so. Times are those of `performance.now()`. */
export interface Post {
  /** In the text, by which it is known again when it arrives. */
  number: number
  key: string
  text: string
  wishes: Wishes
  chat: LinkedChat
  firstSentMs: number
  /** When the 202 was read. */
  answeredMs: number
  /** What the 202 named it; empty before. */
  id: string
}

export interface LoadOptions {
  accounts: readonly Account[]
  url: () => Promise<string>
  random: Random
  /** Posters of one chat, each of which awaits an answer before its next post. */
  postersEach: number
  /** New posts wait while the chat has so many messages queued; posters then repeat earlier posts. */
  waitingPerChat: number
  /** So many go in a second however much waits, over all chats; those that the program will not take for now go later. */
  newPerSecond: number
  /** Between two looks at how much waits, in milliseconds. */
  gaugeEveryMs: number
  /** A poster that may not post new messages repeats an earlier one at about this interval, in milliseconds. */
  repeatEveryMs: number
  /** The database is away at times, and then posts are refused for now. Default false: never. */
  mayBeAway?: boolean
}

const AFTER_NO_ANSWER_MS = 20
const AFTER_REFUSAL_MS = 200
const AFTER_QUEUE_FULL_MS = 1000

/** Posters of a storm, each of which awaits an answer before its next post. */
const STORM_POSTERS = 16

/**
 * Posts all the time. A post without an answer is repeated with the same key until it has one, as every client should do; and while a
 * chat is behind, its posters repeat earlier posts, which must make no message.
 */
export class Load {
  readonly posts: Post[] = []
  /** Repeated with the same key: after no answer came, or long after one did. */
  repeatedUnseen = 0
  repeatedLater = 0
  /** Taken back, because their time was over before anybody took them. */
  tooLate = 0
  /** Refused for now, because the database was away, and repeated with the same key. */
  refusedForNow = 0
  /** Answers that no post should have got. */
  readonly complaints: string[] = []
  /** Lets everybody post, however much waits. */
  flood = false
  readonly #options: LoadOptions
  readonly #waiting = new Map<LinkedChat, number>()
  readonly #ended = new AbortController()
  #work: Promise<unknown> = Promise.resolve()
  #lastNumber = 0
  #allowanceMs = performance.now()

  constructor(options: LoadOptions) {
    this.#options = options
  }

  begin(): void {
    const { accounts, postersEach } = this.#options
    const chats = accounts.flatMap((account) => account.chats)
    const posters = chats.flatMap((chat) => Array.from({ length: postersEach }, () => this.#poster(chat)))
    this.#work = Promise.all([...posters, ...accounts.map((account) => this.#gauge(account))])
  }

  /** So many posts to one chat as fast as they are answered, however much waits there. Ends by itself. */
  storm(chat: LinkedChat, count: number): void {
    let left = count
    const poster = async (): Promise<void> => {
      while (left-- > 0 && !this.#ended.signal.aborted) {
        await this.#sendUntilAnswered(this.#newPost(chat, { mayBeLong: false }))
      }
    }
    this.#work = Promise.all([this.#work, ...Array.from({ length: STORM_POSTERS }, poster)])
  }

  /** Resolves when each post that was begun has its answer. */
  async end(): Promise<void> {
    this.#ended.abort()
    await this.#work
  }

  async #poster(chat: LinkedChat): Promise<void> {
    const mine: Post[] = []
    while (!this.#ended.signal.aborted) {
      const waiting = this.#waiting.get(chat) ?? 0
      if (waiting < this.#options.waitingPerChat || this.flood || this.#takeAllowance()) {
        const post = this.#newPost(chat)
        if (await this.#sendUntilAnswered(post)) mine.push(post)
        this.#waiting.set(chat, waiting + 1)
      } else {
        await this.#repeatOne(mine)
        await sleep(this.#options.repeatEveryMs * (0.5 + this.#dice()))
      }
    }
  }

  /** What was not taken of the last second is lost. */
  #takeAllowance(): boolean {
    const nowMs = performance.now()
    const nextMs = Math.max(this.#allowanceMs, nowMs - 1000) + 1000 / this.#options.newPerSecond
    if (nextMs > nowMs) return false
    this.#allowanceMs = nextMs
    return true
  }

  #newPost(chat: LinkedChat, options: { mayBeLong?: boolean } = {}): Post {
    const number = ++this.#lastNumber
    const text = makeText(number, this.#options.random, options)
    const wishes = makeWishes(this.#options.random, Date.now())
    const [key, firstSentMs] = [`key-${number}`, performance.now()]
    const post = { number, key, text, wishes, chat, firstSentMs, answeredMs: 0, id: '' }
    this.posts.push(post)
    return post
  }

  /** False when it was too late for it: nobody took it, or its key would have told. */
  async #sendUntilAnswered(post: Post): Promise<boolean> {
    for (let sending = 1; ; sending++) {
      const answer = await this.#post(post)
      if (answer === undefined) {
        this.repeatedUnseen++
        continue
      }
      if (isTooLate(answer, post)) {
        this.tooLate++
        this.posts.splice(this.posts.lastIndexOf(post), 1)
        return false
      }
      if (answer.status === 429 && answer.body.code === 'queue_full') {
        await sleep(AFTER_QUEUE_FULL_MS)
        continue
      }
      if (this.#isAway(answer)) {
        this.refusedForNow++
        await sleep(AFTER_REFUSAL_MS)
        continue
      }
      if (answer.status !== 202) {
        this.complaints.push(`post ${post.number} was answered ${answer.status}: ${JSON.stringify(answer.body)}`)
        await sleep(AFTER_NO_ANSWER_MS)
        continue
      }
      post.answeredMs = performance.now()
      post.id = answer.body.id
      if (sending === 1 && answer.replayed)
        this.complaints.push(`post ${post.number} was new, and taken for a repetition`)
      return true
    }
  }

  async #repeatOne(mine: readonly Post[]): Promise<void> {
    const post = mine[Math.floor(this.#dice() * mine.length)]
    const answer = post && (await this.#post(post))
    if (post === undefined || answer === undefined) return
    if (this.#isAway(answer)) return void this.refusedForNow++
    this.repeatedLater++
    if (answer.status === 202 && answer.replayed && answer.body.id === post.id) return
    this.complaints.push(
      `post ${post.number} (${post.id}) was repeated, and answered ${answer.status}: ${JSON.stringify(answer.body)}`,
    )
  }

  #isAway({ status, body }: ApiAnswer): boolean {
    return this.#options.mayBeAway === true && status === 503 && body.code === 'store_unavailable'
  }

  /** Undefined when no answer came. */
  async #post({ chat, text, wishes, key }: Post): Promise<ApiAnswer | undefined> {
    const url = await this.#options.url()
    const request = { body: { text, chatId: chat.id, ...bodyOf(wishes) }, key }
    return await ask(url, chat.account.authorization, ['POST', '/v1/messages'], request).catch(async () => {
      await sleep(AFTER_NO_ANSWER_MS)
      return undefined
    })
  }

  /** Reads how much waits for each chat of an account. */
  async #gauge(account: Account): Promise<void> {
    while (!this.#ended.signal.aborted) {
      const url = await this.#options.url()
      const path = '/v1/messages?status=queued&limit=200'
      const answer = await ask(url, account.authorization, ['GET', path]).catch(() => undefined)
      const items = (answer?.status === 200 ? answer.body.items : undefined) as { chatId: string }[] | undefined
      if (items !== undefined) {
        for (const chat of account.chats)
          this.#waiting.set(chat, items.filter((item) => item.chatId === chat.id).length)
      }
      await sleep(this.#options.gaugeEveryMs)
    }
  }

  #dice(): number {
    return this.#options.random.unit()
  }
}

function isTooLate({ status, body }: { status: number; body: unknown }, { wishes: { expiresAtMs } }: Post): boolean {
  return (
    status === 400 && expiresAtMs !== null && expiresAtMs <= Date.now() && JSON.stringify(body).includes('expiresAt')
  )
}
