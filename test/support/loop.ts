import assert from 'node:assert/strict'

/** What a stranger does with curl: the API and the sandbox's control API over plain HTTP, nothing of ours in between. */
export class Stranger {
  readonly #api: string
  readonly #sandbox: string
  readonly #authorization: string

  constructor(api: string, sandbox: string, login: string, password = 'correct horse') {
    this.#api = api
    this.#sandbox = sandbox
    this.#authorization = `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`
  }

  async ask(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${this.#api}${path}`, {
      method,
      headers: {
        authorization: this.#authorization,
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
  }

  /** Tells the sandbox something; an error there is an error of the test. */
  async telegram<T>(call: string, body?: object): Promise<T> {
    const response = await fetch(`${this.#sandbox}/_sandbox/${call}`, {
      ...(body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const text = await response.text()
    assert.ok(response.ok, `${call}: ${text}`)
    return JSON.parse(text) as T
  }

  /** A person in Telegram who has never met the bot. */
  async person(firstName: string, languageCode: string): Promise<Person> {
    const { id } = await this.telegram<{ id: number }>('create-user', { firstName, languageCode })
    return {
      id,
      start: (payload) => this.telegram('start', { user: id, bot: BOT, ...(payload && { payload }) }),
      send: (text) => this.telegram('send', { user: id, bot: BOT, text }),
      /** What the bot wrote to this person, oldest first. */
      heard: async () => {
        const messages = await this.telegram<{ fromBot: boolean; message: { message_id: number; text: string } }[]>(
          `messages?user=${id}&bot=${BOT}`,
        )
        return messages.filter(({ fromBot }) => fromBot).map(({ message }) => message)
      },
    }
  }
}

const BOT = 'postrider_bot'

export interface Answer {
  status: number
  headers: Headers
  // A test reads what it expects to be there.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any
}

export interface Person {
  id: number
  start(payload?: string): Promise<unknown>
  send(text: string): Promise<unknown>
  heard(): Promise<{ message_id: number; text: string }[]>
}
