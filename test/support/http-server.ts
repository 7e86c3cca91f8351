import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import type { Log } from '../../src/domain/log.ts'
import { DIALECT_NAMES } from '../../src/domain/dialects.ts'
import { systemRandom } from '../../src/ops/system-random.ts'
import { buildServer, type ServerDeps } from '../../src/http/server.ts'

/** The real server around the use cases that a test gives; any other one, when called, is a broken test. Closes itself. */
export async function serverWith(t: TestContext, given: Partial<ServerDeps> = {}): Promise<FastifyInstance> {
  const server = await buildServer({ ...NOTHING_EXPECTED, ...given })
  t.after(() => server.close())
  return server
}

/** On a real socket, on a free port. */
export async function listening(server: FastifyInstance): Promise<{ port: number; url: string }> {
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.server.address() as AddressInfo
  return { port, url: `http://127.0.0.1:${port}` }
}

export interface LogLine {
  level: keyof Log
  fields: object
  message: string
}

/** Keeps what was said. */
export function recordingLog(): Log & { lines: LogLine[] } {
  const lines: LogLine[] = []
  const at = (level: keyof Log) => (fields: object, message: string) => void lines.push({ level, fields, message })
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

async function unexpected(): Promise<never> {
  throw new Error('this test did not expect that use case to be asked')
}

const NOTHING_EXPECTED: ServerDeps = {
  log: recordingLog(),
  version: '0.0.0',
  authenticate: unexpected,
  prove: unexpected,
  keyedSessions: { register: unexpected, logIn: unexpected, logOut: unexpected },
  numbered: { get: unexpected, list: unexpected },
  linkTokens: { create: unexpected, get: unexpected },
  restateAccount: unexpected,
  claimChatForToken: unexpected,
  random: systemRandom,
  dialects: DIALECT_NAMES,
  publicUrl: null,
  trustedProxies: [],
  accounts: { register: unexpected, change: unexpected, delete: unexpected },
  sessions: { logIn: unexpected, logOut: unexpected, list: unexpected, end: unexpected, endAll: unexpected },
  tokens: { create: unexpected, list: unexpected, revoke: unexpected },
  messages: { enqueue: unexpected, get: unexpected, list: unexpected, cancel: unexpected, resend: unexpected },
  followEvents: unexpected,
  chats: {
    claim: unexpected,
    list: unexpected,
    change: unexpected,
    setDefault: unexpected,
    unlink: unexpected,
  },
  messageStatistics: unexpected,
  exportAccount: unexpected,
  createLinkCode: unexpected,
  bots: {
    add: unexpected,
    list: unexpected,
    findShared: unexpected,
    limit: 5,
    get: unexpected,
    change: unexpected,
    delete: unexpected,
    countWaiting: unexpected,
  },
  operator: {
    overview: unexpected,
    users: unexpected,
    bots: unexpected,
    activity: unexpected,
    failures: unexpected,
  },
  telegramUpdates: null,
  phoneUrl: null,
  pageFolder: null,
  phones: null,
  health: { whyNotReady: unexpected, metrics: unexpected },
}
