import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { type Person, Stranger } from './loop.ts'
import { runProgram, startProgram, temporaryFolder } from './program.ts'
import { until } from './until.ts'

/** A server, and somebody who sends from a shell. */
export interface Sender {
  url: string
  token: string
  phone: Person
  ann: Stranger
  /** Runs `postrider send` as Ann, with her token in the environment and a home of her own. */
  send: (
    args: readonly string[],
    more?: { input?: string; env?: Record<string, string> },
  ) => ReturnType<typeof runProgram>
}

/** A server with an account that has a token and, unless `linked` is false, a chat. */
export async function startSender(
  t: Pick<TestContext, 'after'>,
  { linked = true, scopes = ['send', 'read'] } = {},
): Promise<Sender> {
  const program = await startProgram(t, { dataDir: temporaryFolder(t) })
  const ann = new Stranger(program.url, program.sandboxUrl, 'ann')
  await ann.ask('POST', '/v1/users', { login: 'ann', password: 'correct horse', name: 'Ann' })
  const made = await ann.ask('POST', '/v1/tokens', { name: 'laptop', scopes })
  assert.equal(made.status, 201)
  const phone = await ann.person('Annie', 'en')
  if (linked) {
    const { body: link } = await ann.ask('POST', '/v1/link-codes')
    await phone.start(link.code)
    await until('the chat is linked', async () => (await ann.ask('GET', '/v1/chats')).body.items.length > 0)
  }
  const home = temporaryFolder(t)
  const token: string = made.body.token
  return {
    url: program.url,
    token,
    phone,
    ann,
    send: (args, { input = '', env = {} } = {}) =>
      runProgram(['send', ...args], {
        env: { HOME: home, POSTRIDER_URL: program.url, POSTRIDER_TOKEN: token, ...env },
        input,
      }),
  }
}

/** What arrived on the phone by `send`: the texts below the heading. */
export async function arrived({ phone }: Pick<Sender, 'phone'>): Promise<string[]> {
  const heading = /^Ann, I got a message from you:\n/
  return (await phone.heard()).flatMap(({ text }) => (heading.test(text) ? [text.replace(heading, '')] : []))
}
