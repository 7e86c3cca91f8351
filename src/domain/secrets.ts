/**
 * Hashing and signing, as the rest of the house needs them. `ops/` implements it; tests use the same implementation with a fixed
 * key, because a mock of a lock proves nothing.
 */
export interface Secrets {
  /** For random secrets of 128 bits and more (API tokens): a plain SHA-256 is enough, and survives a change of `SECRET_KEY`. */
  hashToken(token: string): string
  /** For short codes: an HMAC under `SECRET_KEY`, so that a stolen database cannot be searched for them. `purpose` separates uses. */
  hashCode(purpose: 'account-code' | 'chat-code' | 'move' | 'link-token' | 'basic', value: string): string
  /** What every process with this `SECRET_KEY` knows and nobody else: 43 of `A-Za-z0-9_-`, different for each `value`. */
  webhookSecret(value: string): string
  /**
   * A secret that has to be shown again and is stored nowhere: an HMAC under `SECRET_KEY` of what is stored, 64 hex digits. `purpose`
   * separates uses.
   */
  derive(purpose: 'account-key', value: string): string
  /** A fingerprint of a request body, to tell a repeated request from a different one. Not a secret. */
  fingerprint(value: string): string
  equal(a: string, b: string): boolean
}

export interface Passwords {
  /** argon2id, as a PHC string with its parameters and salt. */
  hash(password: string): Promise<string>
  /** Constant in time for a given set of parameters. A hash of null verifies nothing but costs the same: no user enumeration by time. */
  verify(password: string, hash: string | null): Promise<boolean>
}

export interface AccessTokens {
  /** A signed token that names a session, valid until `expiresAtMs`. */
  issue(session: { id: string; userId: string; expiresAtMs: number }): Promise<string>
  /** The session id, or undefined when the signature, the form or the expiry is wrong. */
  verify(token: string): Promise<{ sessionId: string; userId: string } | undefined>
}

/** Bot tokens at rest: encrypted, each for its bot, so that a row that was exchanged or changed opens nothing. */
export interface TokenSeals {
  /** A different text each time, although the token is the same. */
  seal(token: string, telegramBotId: number): string
  /** Undefined when it was sealed under a key that is not known here, for another bot, or is not what was sealed. */
  open(sealed: string, telegramBotId: number): string | undefined
  /** False when it was sealed under another key than the present one. */
  isCurrent(sealed: string): boolean
}
