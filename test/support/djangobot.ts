import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { type Ask, type DialectHouse, dialectHouse } from './dialect-house.ts'

export const PSW = 'correct horse battery staple'
export const DENIED = { message: 'Доступ запрещен' }
export const INVALID_TOKEN = { answer: 'invalid token' }

export type Person = Awaited<ReturnType<typeof person>>

/** Registered and logged in. */
export async function person(house: DialectHouse, login: string) {
  const body = { name: login, login, psw: PSW }
  assert.equal((await house.ask({ method: 'POST', url: '/api/user/', body })).status, 201)
  return { login, ...(await logIn(house, login)) }
}

export async function logIn(house: DialectHouse, login: string, psw = PSW) {
  const told = await house.ask({ method: 'POST', url: '/api/auth/', body: { login, psw } })
  const jwt = String(told.json.access_token)
  return { status: told.status, jwt, headers: { authorization: `Bearer ${jwt}` } }
}

export async function enterCode(house: DialectHouse, { headers }: Pick<Person, 'headers'>, code?: string | number) {
  const body = { code: code ?? (await house.codeFromBot()).code }
  return house.ask({ method: 'POST', url: '/api/cabinet/', headers, body })
}

export async function startDjangobot(t: TestContext) {
  const house = await dialectHouse(t)
  const ann = await person(house, 'ann')
  const ask = (method: Ask['method'], url: string, body?: object, headers: Record<string, string> = ann.headers) =>
    house.ask({ method, url, headers, ...(body && { body }) })
  const send = (botToken: string, text = 'hello', type = 'Text') =>
    house.ask({ method: 'POST', url: '/api/send_message/', body: { text, type, bot_token: botToken } })
  return { house, ann, ask, send }
}

export async function linked(t: TestContext) {
  const parts = await startDjangobot(t)
  return { ...parts, botToken: String((await enterCode(parts.house, parts.ann)).json.bot_token) }
}

export function invalidData(details: string) {
  return { answer: 'data is invalid', details }
}
