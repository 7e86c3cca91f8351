import { Pool } from 'undici'
import { serveHelper } from './process.ts'

/** Requests over so many connections for so long, each one after the answer to the one before. */
export interface Load {
  /** Each has its share of the connections. */
  origins: readonly string[]
  method: 'GET' | 'POST'
  path: string
  /** Taken in turn. */
  authorizations: readonly string[]
  /** JSON; none for a GET. */
  body?: object
  connections: number
  seconds: number
}

export interface Loaded {
  perSecond: number
  /** By status; `0` is no answer at all. */
  statuses: Record<number, number>
  /** From request to the whole answer, in milliseconds. */
  p50Ms: number
  p99Ms: number
}

serveHelper({}, (load) => run(load as Load))

async function run(load: Load): Promise<Loaded> {
  const connections = Math.ceil(load.connections / load.origins.length)
  const pools = load.origins.map((origin) => new Pool(origin, { connections, pipelining: 1 }))
  const took: number[] = []
  const statuses: Record<number, number> = {}
  const began = performance.now()
  const endMs = began + load.seconds * 1000
  let turn = 0
  const lane = async (pool: Pool): Promise<void> => {
    while (performance.now() < endMs) {
      const start = performance.now()
      const status = await once(pool, load, turn++)
      took.push(performance.now() - start)
      statuses[status] = (statuses[status] ?? 0) + 1
    }
  }
  const lanes = pools.flatMap((pool) => Array.from({ length: connections }, () => lane(pool)))
  await Promise.all(lanes)
  const seconds = (performance.now() - began) / 1000
  await Promise.all(pools.map((pool) => pool.close()))
  took.sort((a, b) => a - b)
  const at = (share: number): number => took[Math.floor(took.length * share)] ?? Number.NaN
  return { perSecond: took.length / seconds, statuses, p50Ms: at(0.5), p99Ms: at(0.99) }
}

async function once(pool: Pool, { method, path, authorizations, body }: Load, turn: number): Promise<number> {
  const authorization = authorizations[turn % authorizations.length] ?? ''
  const sent = body && JSON.stringify(body)
  const headers = { authorization, ...(sent !== undefined && { 'content-type': 'application/json' }) }
  try {
    const answer = await pool.request({ method, path, headers, ...(sent !== undefined && { body: sent }) })
    await answer.body.dump()
    return answer.statusCode
  } catch {
    return 0
  }
}
