import type { User } from '../domain/account.ts'

/** A phone for each account in the sandbox, the Telegram of this machine. `sandbox/account-phones.ts` is one. */
export interface SandboxPhones {
  /** The bot that everybody's phone knows of. */
  readonly bot: { username: string }
  /** The account's person, the same at each call. */
  personOf(account: Pick<User, 'id' | 'name' | 'locale'>): { id: number; firstName: string; languageCode: string }
  /** A file of the phone's page; its document has the empty name. Undefined when there is none. */
  file(name: string): { contentType: string; body: Buffer | string } | undefined
  /** What the page asks for, about this person alone. */
  call(
    person: number,
    asked: { method: 'GET' | 'POST'; name: string; input: unknown },
  ): { status: number; body: Buffer }
  /** What changes for this person; an empty batch after some quiet. */
  changes(person: number, signal: AbortSignal): AsyncIterable<readonly object[]>
}

/** Where one person's phone is, without a slash at the end. */
export function phonePath(person: number | string): string {
  return `/sandbox/phone/${person}`
}
