import type { User } from '../../domain/account.ts'

/**
 * The change that a new login is, where people are called by their login: the name goes along unless the person has chosen another one.
 * Nothing when it is the login that they have.
 */
export function renamed(user: Pick<User, 'login' | 'name'>, login: string): { login?: string; name?: string } {
  if (login === user.login) return {}
  return user.name === user.login ? { login, name: login } : { login }
}
