import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { createApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { recordingLog } from './http-server.ts'
import { temporaryFolder } from './program.ts'

export interface PhoneHouse {
  url: string
  sandboxUrl: string
  stop: () => Promise<void>
}

/** The whole program with its own sandbox, in this process, on real sockets. Stops by itself. */
export async function startPhoneHouse(t: TestContext, dataDir = temporaryFolder(t)): Promise<PhoneHouse> {
  const config = loadConfig({ DATA_DIR: dataDir, PORT: '0', SANDBOX_PORT: '0', DRAIN_TIMEOUT: '1s' })
  const app = await createApp(config, { log: recordingLog() })
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= app.stop())
  t.after(stop)
  await app.start()
  return { url: app.url ?? '', sandboxUrl: app.sandbox?.url ?? '', stop }
}

export interface PhoneOwner {
  cookie: string
  bearer: string
  phoneUrl: string
  person: { id: number; firstName: string; languageCode: string }
  /** Of the person's phone, without what comes after the `?`. */
  at: string
  get: (call: string, headers?: Record<string, string>) => Promise<PhoneAnswer>
  post: (call: string, body: object, headers?: Record<string, string>) => Promise<PhoneAnswer>
}

export interface PhoneAnswer {
  status: number
  headers: Headers
  // A test reads what it expects to be there.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any
}

const PASSWORD = 'correct horse battery'

/** An account with a session, and the phone that belongs to it. With `isNew: false` it is there already. */
export async function phoneOwner(
  { url }: Pick<PhoneHouse, 'url'>,
  login: string,
  { isNew = true, locale = 'en' }: { isNew?: boolean; locale?: 'en' | 'ru' } = {},
): Promise<PhoneOwner> {
  if (isNew)
    await ask(url, 'POST', '/v1/users', {}, { login, password: PASSWORD, name: `${login} of the test`, locale })
  const session = await ask(url, 'POST', '/v1/sessions', {}, { login, password: PASSWORD })
  assert.equal(session.status, 201)
  const cookie = (session.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const { body } = await ask(url, 'GET', '/v1/sandbox', { cookie })
  const at = String(body.phoneUrl).split('?')[0] ?? ''
  return {
    cookie,
    bearer: `Bearer ${session.body.accessToken}`,
    phoneUrl: body.phoneUrl,
    person: body.person,
    at,
    get: (call, headers = { cookie }) => ask(url, 'GET', `${at}${call}`, headers),
    post: (call, input, headers = { cookie }) => ask(url, 'POST', `${at}${call}`, headers, input),
  }
}

export async function ask(
  url: string,
  method: 'GET' | 'PATCH' | 'POST',
  path: string,
  headers: Record<string, string> = {},
  body?: object,
): Promise<PhoneAnswer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '') && text !== ''
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
}
