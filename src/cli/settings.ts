import { type Config, loadConfig } from '../config/load-config.ts'
import type { Io } from './io.ts'

/** The settings of an installation: the environment and the `.env` of the working directory. */
export function readConfig(io: Io): Config {
  return loadConfig(io.env, { envFile: '.env' })
}
