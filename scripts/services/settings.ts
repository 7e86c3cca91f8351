import { join } from 'node:path'
import { readEnvFile } from '../../src/config/env-file.ts'
import { type Config, type Environment, loadConfig } from '../../src/config/load-config.ts'
import { OperatorError } from '../../src/domain/operator-error.ts'

/** What the services of one checkout on this machine are started with. */
export interface LocalSettings {
  /** The checkout; services run in it, and read its `.env`. */
  root: string
  /** What was given to `make`, for the services to inherit. */
  env: Environment
  config: Config
  /** `DATA_DIR/services`: what these services write and the program alone does not. */
  folder: string
  /** DATABASE_URL names a PostgreSQL that somebody else runs: none of our own is started. */
  hasDatabase: boolean
  /** Of our own PostgreSQL; 0 picks a free one. */
  postgresPort: number
  /** Where `bot` answers about its health; 0 picks a free one. */
  botPort: number
}

/** @throws OperatorError in the words of the program, which reads the same settings. */
export function readLocalSettings(root: string, env: Environment): LocalSettings {
  const file = join(root, '.env')
  const config = loadConfig(env, { envFile: file, directory: root })
  const layers = [env, readEnvFile(file).values]
  return {
    root,
    env,
    config,
    folder: join(config.dataDir, 'services'),
    hasDatabase: config.database.engine === 'postgres',
    postgresPort: portOf('POSTGRES_PORT', layers),
    botPort: portOf('BOT_PORT', layers),
  }
}

/** As for the program: the first layer that names it decides, and an empty value is none. */
function valueOf(layers: readonly Environment[], name: string): string | undefined {
  return layers.find((layer) => layer[name] !== undefined)?.[name]?.trim() || undefined
}

function portOf(name: string, layers: readonly Environment[]): number {
  const raw = valueOf(layers, name) ?? '0'
  if (/^\d{1,5}$/.test(raw) && Number(raw) <= 65_535) return Number(raw)
  throw new OperatorError(`${name} must be a whole number from 0 to 65535 (it is ${JSON.stringify(raw)})`)
}
