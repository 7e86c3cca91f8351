const READ_ONLY = '25006'

/** What PostgreSQL says by its SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const BY_STATE: Readonly<Record<string, string>> = {
  [READ_ONLY]: 'it takes no writes now (read-only)',
  '25P03': 'it ended a transaction that waited too long',
  '25P04': 'it ended a transaction that took too long',
  '3D000': 'it does not exist',
  '40001': 'others change the same data',
  '40P01': 'others change the same data',
  '53100': 'its disk is full',
  '53200': 'it has no memory left',
  '53300': 'it has no connection left',
  '55P03': 'it is busy',
  '57014': 'it took too long to answer',
  '57P01': 'it is being stopped',
  '57P02': 'it is being stopped',
  '57P03': 'it is starting or stopping',
  '58030': 'it cannot read or write its disk',
}

/** What its classes say of the server and not of the statement. */
const BY_CLASS: Readonly<Record<string, string>> = {
  '08': 'the connection broke',
  '28': 'it does not let us in',
  '53': 'it has run out of something',
  '57': 'it was interrupted',
  '58': 'its system failed',
  F0: 'its settings are wrong',
}

/** What Node says when there is no connection to be had, or none any more. */
const BY_SYSTEM_CODE: Readonly<Record<string, string>> = {
  EACCES: 'we may not connect to it',
  EADDRNOTAVAIL: 'it cannot be reached',
  EAI_AGAIN: 'its host name cannot be looked up now',
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection broke',
  EHOSTUNREACH: 'it cannot be reached',
  EMFILE: 'this program has too many files open',
  ENETUNREACH: 'it cannot be reached',
  ENOENT: 'nobody listens there',
  ENOTFOUND: 'its host name is unknown',
  EPIPE: 'the connection broke',
  ETIMEDOUT: 'it cannot be reached',
}

/** What `pg` says in its own words, without a code. */
const BY_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^timeout exceeded when trying to connect$/, 'all connections are in use'],
  [/connection timeout/i, 'it cannot be reached'],
  [/^Query read timeout$/, 'it took too long to answer'],
  [/^Connection terminated|not queryable$|^Cannot use a pool after calling end/, 'the connection broke'],
  [/SSL|TLS|certificate/i, 'the connection cannot be made secure'],
]

/** Why the database cannot do it now, in a few words; undefined when the error is a bug of ours. */
export function whyUnavailable(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const code = codeOf(error)
  return BY_STATE[code] ?? (isState(code) ? BY_CLASS[code.slice(0, 2)] : (BY_SYSTEM_CODE[code] ?? inWords(error, code)))
}

/** True when the server answered nothing in time, not even that it took too long. */
export function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout'
}

/** True when a limit of time ran out: of a lock, of a statement, or of a connection. */
export function wasLong(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = codeOf(error)
  return (
    code === '55P03' || code === '57014' || code === 'ETIMEDOUT' || (code === '' && /time(d )?out/i.test(error.message))
  )
}

/** True when the same work may well succeed if it is done anew, at once. */
function isWorthAnotherTry(error: unknown): boolean {
  const code = error instanceof Error ? codeOf(error) : ''
  return code === '40001' || code === '40P01' || isStalePlan(error)
}

/** Work that met others in the wrong order is done anew so often. */
const MOST_TRIES = 5

/** Does `work`, and does it anew when that is worth another try. */
export async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries === MOST_TRIES || !isWorthAnotherTry(error)) throw error
    }
  }
}

/** As the server says it of a statement that writes. */
export function readOnly(): Error {
  return Object.assign(new Error('the server takes no writes'), { code: READ_ONLY })
}

/** True when the connection is to be thrown away although it works: another may lead to a server that is better. */
export function isOfConnection(error: unknown): boolean {
  return error instanceof Error && (codeOf(error) === READ_ONLY || isStalePlan(error))
}

/** A statement that was prepared before another version of this program changed the table. */
function isStalePlan(error: unknown): boolean {
  return error instanceof Error && codeOf(error) === '0A000' && /cached plan/.test(error.message)
}

function inWords(error: Error, code: string): string | undefined {
  if (/^ERR_(SSL|TLS)|CERT|SELF_SIGNED/.test(code)) return 'the connection cannot be made secure'
  return code === '' ? BY_WORDS.find(([words]) => words.test(error.message))?.[1] : undefined
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function isState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code)
}
