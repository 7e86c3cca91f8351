import { inspect } from 'node:util'
import { OperatorError } from '../domain/operator-error.ts'
import { redactText } from '../domain/redaction.ts'
import { REFUSALS, Refusal } from '../domain/refusals.ts'

/** The person used a command in a way that it does not know; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What went wrong, for the person at the terminal: what to do about it where that is known, and never a stack or a secret. */
export function explain(error: unknown): string {
  if (error instanceof OperatorError || error instanceof UsageError) return error.message
  if (error instanceof Refusal) return explainRefusal(error)
  return explainPort(error, (port) => `PORT=${port}`) ?? explainUnknown(error)
}

/**
 * Node's own error of a server that cannot listen; undefined for any other error. `choose` is how another port is chosen: the setting or
 * the option with that number.
 */
export function explainPort(error: unknown, choose: (port: number) => string): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, port, address, syscall } = error as NodeJS.ErrnoException & { port?: number; address?: string }
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return undefined
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken: stop what uses it, or choose another one, such as ${choose(neighbourOf(Number(port)))}.`
    case 'EACCES':
      return `Port ${port} needs rights that this user does not have: choose one above 1023, such as ${choose(8000)}.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `This machine has no address ${address ?? ''}: set HOST to one that it has, such as 127.0.0.1.`
    default:
      return undefined
  }
}

/** The greatest of TCP. */
const MOST_PORT = 65_535

function neighbourOf(port: number): number {
  return port + 1000 <= MOST_PORT ? port + 1000 : port - 1000
}

function explainRefusal(refusal: Refusal): string {
  if (refusal.code === 'store_unavailable') {
    return `The database (postrider.db in DATA_DIR, or what DATABASE_URL names) cannot be used: ${refusal.detail}; put that right and try again.`
  }
  const faults = (refusal.errors ?? []).map(({ where, what }) => `${where.split('/').at(-1)} ${what}`)
  if (faults.length > 0) return `That cannot be taken: ${faults.join('; ')}`
  // The catalogue's advice says what to do and not what happened.
  return refusal.detail === REFUSALS[refusal.code].advice ? `${refusal.message} ${refusal.detail}` : refusal.detail
}

function explainUnknown(error: unknown): string {
  const message = error instanceof Error ? error.message : inspect(error)
  return `Something unexpected happened: ${redactText(message)} (LOG_LEVEL=debug shows where)`
}
