import type { DialectName } from '../../../src/domain/dialects.ts'
import type { Ask, DialectHouse } from '../../support/dialect-house.ts'

/** What proves a caller in a dialect: in headers, or among the fields of a body. */
export interface Proof {
  headers?: Record<string, string>
  fields?: Record<string, string>
}

/** How the suite asks a dialect. */
export interface DialectAdapter {
  name: DialectName
  /** Makes an account that can prove itself. */
  register: (login: string, password: string) => Ask
  /** Proves an account that is there, by whatever this dialect asks for first. */
  prove: (house: DialectHouse, login: string, password: string) => Promise<Proof>
  /** A log-in with this password, which may be wrong: what is slowed down when somebody guesses. */
  guess: (login: string, password: string) => Ask
  /** What an account makes and nobody else sees: messages, or bots. */
  own: {
    make: (proof: Proof, text: string, house: DialectHouse) => Ask
    /** The same with these fields and no others; in the body unless this says otherwise. */
    makeOf?: (proof: Proof, fields: object) => Ask
    /** False where what is made stands in the query: then a body that makes no sense is nobody's business. Default true. */
    inBody?: boolean
    list: (proof: Proof) => Ask
    /** The texts in the answer of `list`, in its order. */
    texts: (json: unknown) => string[]
    /** One thing alone, from the answer of `make`; absent where there is no such route. */
    one?: (proof: Proof, made: unknown) => Ask
  }
  /** The order of the list. */
  order: 'oldest first' | 'newest first'
  /**
   * Links a chat the way this dialect does, and adds to the proof what only a link gives; absent where messages are none of its business.
   */
  link?: (house: DialectHouse, proof: Proof) => Promise<{ telegramChatId: number }>
  /** Good words to send without a chat: the answer to a sender who linked none. */
  unlinked?: { status: number; json: unknown }
  /** Fields that are not as they should be, for `own.make`. */
  bad: readonly { fields: object; status: number; json: unknown }[]
  /** Credentials that prove nobody, with the answer to `make` and `list`, or to the one that is named. */
  wrong: readonly { proof: Proof; status: number; json: unknown; of?: 'make' | 'list' }[]
}
