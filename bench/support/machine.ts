import { readFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'

/** What a number means nothing without. */
export interface Machine {
  processor: string
  memory: string
  system: string
  versions: string
  /** Of the last minute: processes that ran or wanted to. */
  load: string
  date: string
}

export function machine(): Machine {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
    dependencies: Record<string, string>
  }
  const { fastify, undici, kysely, pg } = manifest.dependencies
  return {
    processor: `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, shared with the load generator`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `${platform()} ${release()} ${arch()}`,
    versions: `Postrider ${manifest.version}, Node ${process.versions.node}, SQLite ${process.versions.sqlite ?? '?'}, Fastify ${fastify ?? '?'}, undici ${undici ?? '?'}, Kysely ${kysely ?? '?'}, pg ${pg ?? '?'}`,
    load: (loadavg()[0] ?? 0).toFixed(1),
    date: new Date().toISOString().slice(0, 10),
  }
}
