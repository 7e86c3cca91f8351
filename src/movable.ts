import { existsSync } from 'node:fs'
import type { Movable } from './cli/house.ts'
import type { Config } from './config/load-config.ts'
import { OperatorError } from './domain/operator-error.ts'
import { Refusal } from './domain/refusals.ts'
import { openEngine } from './open-store.ts'
import { lockDatabase, prepareDataDir } from './ops/data-dir.ts'
import { systemClock } from './ops/system-clock.ts'
import { fill, refuseForeignTables } from './store/moving/fill.ts'
import { readContents } from './store/moving/read-contents.ts'
import type { Engine } from './store/sql-store.ts'

/**
 * The composition root of moving house: a database as something that is carried elsewhere, or filled. Brings its tables up to date. A
 * `target` may be made, and nobody else may work with it; a `source` must be there, and may be in use.
 */
export async function openMovable(config: Config, role: 'source' | 'target'): Promise<Movable> {
  const { database } = config
  const file = database.engine === 'sqlite' ? database.file : undefined
  if (file !== undefined && role === 'source' && !existsSync(file)) {
    throw new OperatorError(`There is no database ${file} yet: check DATA_DIR and DATABASE_URL.`)
  }
  prepareDataDir(config)
  // PostgreSQL locks its tables by itself.
  const lock = file !== undefined && role === 'target' ? lockDatabase(file) : undefined
  try {
    const engine = await openEngine(config, { clock: systemClock })
    return {
      ...(await movable(engine, role)),
      close: async () => {
        await engine.close()
        lock?.release()
      },
    }
  } catch (error) {
    lock?.release()
    throw error
  }
}

async function movable(engine: Engine, role: 'source' | 'target'): Promise<Omit<Movable, 'close'>> {
  const told = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      const detail = engine.whyUnavailable(error)
      throw detail === undefined ? error : new Refusal('store_unavailable', { detail, cause: error })
    }
  }
  try {
    if (role === 'target') await told(refuseForeignTables(engine))
    await told(engine.migrate())
  } catch (error) {
    await engine.close()
    throw error
  }
  return {
    read: (take) => told(engine.moving.snapshot(async (read) => take(await readContents(read, engine.moving)))),
    fill: (contents) => told(fill(engine, contents)),
  }
}
