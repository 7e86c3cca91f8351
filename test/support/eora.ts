import type { TestContext } from 'node:test'
import { type Ask, dialectHouse } from './dialect-house.ts'

export const PASSWORD = 'correct horse battery staple'
export const NEXT = 'another horse, another staple'
export const REGISTRATION = { username: 'ann', password1: PASSWORD, password2: PASSWORD }
export const NOT_PROVIDED = { detail: 'Authentication credentials were not provided.' }
export const INVALID_TOKEN = { detail: 'Invalid token.' }

/** A house with ann in it, who asks with her key. */
export async function startEora(t: TestContext, env: Record<string, string> = {}) {
  const house = await dialectHouse(t, env)
  const ask = (method: Ask['method'], url: string, body?: object, headers: Record<string, string> = {}) =>
    house.ask({ method, url, headers, ...(body && { body }) })
  const registered = await ask('POST', '/rest-auth/registration/', REGISTRATION)
  const key = String(registered.json.key)
  const headers = { authorization: `Token ${key}` }
  const call = (method: Ask['method'], url: string, body?: object) => ask(method, url, body, headers)
  const logIn = (password = PASSWORD) => ask('POST', '/rest-auth/login/', { username: 'ann', password })
  return { house, ask, call, logIn, registered, key, headers }
}

export function cookiesOf(headers: Readonly<Record<string, unknown>>): Map<string, string> {
  const all = [headers['set-cookie'] ?? []].flat().map(String)
  return new Map(all.map((cookie) => [cookie.split('=', 1)[0] ?? '', cookie]))
}

export function cookieOf(headers: Readonly<Record<string, unknown>>, name = 'sessionid'): Record<string, string> {
  return { cookie: cookiesOf(headers).get(name)?.split(';', 1)[0] ?? '' }
}
