/** Dice as a parameter: the system's generator in production, a seeded one in tests. */
export interface Random {
  /** Cryptographically strong in production. */
  bytes(count: number): Uint8Array
  /** A number in [0, 1). For jitter, never for secrets. */
  unit(): number
}
