import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { ApiMethods } from '@grammyjs/types'
import { systemClock } from '../../src/ops/system-clock.ts'
import type { BotView, UserView } from '../../src/sandbox/control-types.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts'
import { seededRandom } from './seeded-random.ts'

/** A Telegram for one test, on a free port, with the machine's clock; it stops by itself. */
export async function testSandbox(t: TestContext, options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    random: seededRandom(1),
    ...options,
  })
  t.after(() => sandbox.stop())
  return sandbox
}

/** An answer as it came over the wire; `line` is to compare: `200`, or `400 Bad Request: chat not found`. */
export interface BotAnswer {
  status: number
  headers: Headers
  body: { ok: boolean; result?: unknown; error_code?: number; description?: string; parameters?: object }
  line: string
}

type Methods = ApiMethods<never>

/** One bot over the wire, without any client library between. */
export class WireBot {
  readonly sandbox: Sandbox
  readonly view: BotView

  constructor(sandbox: Sandbox, view: BotView) {
    this.sandbox = sandbox
    this.view = view
  }

  /** Posts JSON and answers whatever came back. */
  async call(method: string, parameters: object = {}): Promise<BotAnswer> {
    return await readAnswer(
      await fetch(`${this.sandbox.url}/bot${this.view.token}/${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(parameters),
      }),
    )
  }

  /** The result of a call that has to succeed. */
  async ok<Name extends keyof Methods>(method: Name, parameters: object = {}): Promise<ReturnType<Methods[Name]>> {
    const answer = await this.call(method, parameters)
    assert.equal(answer.line, '200', method)
    // The wire has no types; C4 checks that what the sandbox writes is what the package promises.
    return answer.body.result as ReturnType<Methods[Name]>
  }

  /** `400 Bad Request: …` of a call that has to be refused; `200` when it is not. */
  async line(method: string, parameters: object = {}): Promise<string> {
    return (await this.call(method, parameters)).line
  }
}

export async function readAnswer(response: Response): Promise<BotAnswer> {
  const body = (await response.json()) as BotAnswer['body']
  const line = response.ok ? String(response.status) : `${response.status} ${body.description ?? ''}`
  return { status: response.status, headers: response.headers, body, line }
}

/** A bot and a person who has pressed Start: the `/start` waits as the first update. */
export function startedPair(sandbox: Sandbox, username = 'pair_bot'): { bot: WireBot; user: UserView } {
  const view = sandbox.control.createBot({ username })
  const user = sandbox.control.createUser({ firstName: 'Ann', languageCode: 'en' })
  sandbox.control.start({ user: user.id, bot: view.id })
  return { bot: new WireBot(sandbox, view), user }
}
