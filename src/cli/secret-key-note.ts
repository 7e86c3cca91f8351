import type { Config } from '../config/load-config.ts'
import { findSecretKey } from '../config/secret-key.ts'
import { keyMark } from '../ops/secrets.ts'

/** What it costs when the new place has another secret key, in a sentence. */
export const WITHOUT_THE_KEY =
  'With another key everybody is logged out, open linking codes are void, and the tokens of bots that people added cannot be read, until they are entered again; passwords, API tokens and messages are not touched.'

/** Tells the secret key of this place from others; null when there is none yet. */
export function keyMarkHere(config: Config): string | null {
  const key = findSecretKey(config)
  return key === undefined ? null : keyMark(key)
}

export type KeyHere = 'same' | 'other' | 'missing' | 'unknown'

/** Whether this place has the secret key of the place from which something came. */
export function compareKey(here: string | null, there: string | null): KeyHere {
  if (there === null) return 'unknown'
  if (here === null) return 'missing'
  return here === there ? 'same' : 'other'
}

/** What a person has to do about the key before the first start in the new place. */
export function adviceOnKey(key: KeyHere, { dataDir }: Pick<Config, 'dataDir'>): string {
  const bring = `bring secret.key from the old DATA_DIR into ${dataDir}, or set SECRET_KEY to the old one, before the first start`
  switch (key) {
    case 'same':
      return 'The secret key is the same here: sessions and open codes go on.'
    case 'missing':
      return `There is no secret key here yet: ${bring}. ${WITHOUT_THE_KEY}`
    case 'other':
      return `The secret key here is another one than in the old place: ${bring}. ${WITHOUT_THE_KEY}`
    case 'unknown':
      return `The old place had no secret key yet, so none has to be brought.`
  }
}
