import { OperatorError } from '../../domain/operator-error.ts'
import { whyUnavailable } from './postgres-error.ts'

/** What stands in the way of using a database, and what to do. Shows where it is, and never a password. */
export function openingTrouble(url: string, error: unknown): OperatorError {
  if (error instanceof OperatorError) return error
  const said = saidBy(error)
  const why = whyUnavailable(error)
  const detail = why === undefined ? said : `${why} (${said})`
  return new OperatorError(
    `The database at ${placeOf(url)} cannot be used: ${detail}; put that right, or correct DATABASE_URL.`,
    { cause: error },
  )
}

/** Host, port and database. */
export function placeOf(url: string): string {
  if (!URL.canParse(url)) return 'DATABASE_URL'
  const { host, pathname, searchParams } = new URL(url)
  return `${searchParams.get('host') ?? (host || 'localhost')}${pathname}`
}

/** Node's errors of a name with several addresses have no words of their own. */
function saidBy(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message || ((error as NodeJS.ErrnoException).code ?? error.name)
}
