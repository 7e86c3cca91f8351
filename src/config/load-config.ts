import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { OperatorError } from '../domain/operator-error.ts'
import { redactText } from '../domain/redaction.ts'
import { readEnvFile } from './env-file.ts'
import { type Database, Problem } from './parsers.ts'
import { webhookProblem } from './webhook-problem.ts'
import { SETTINGS, type Setting, type SettingKey, type Settings } from './settings.ts'

/** Everything that is wrong with the settings: a list beats the first thing that is wrong. */
export class ConfigError extends OperatorError {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`The settings cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

export type Environment = Readonly<Record<string, string | undefined>>

/** The settings as the rest of the house takes them: parsed, with what follows from them worked out. */
export interface Config extends Omit<Settings, 'databaseUrl' | 'sandboxPort'> {
  /** Absolute. */
  readonly dataDir: string
  /** The path of a file is absolute. */
  readonly database: Database
  /** Ports for the sandbox, in the order in which they are tried; 0 picks a free one. */
  readonly sandboxPorts: readonly [number, ...number[]]
}

/**
 * Takes the environment as an argument, so that a test needs no `process.env`. `envFile` (none by default) is read too, and loses to
 * the environment. Relative paths start at `directory`, by default the working directory.
 *
 * @throws ConfigError with all problems at once, by the names of the settings and without a secret's value.
 */
export function loadConfig(env: Environment, options: { envFile?: string; directory?: string } = {}): Config {
  const file = options.envFile === undefined ? { values: {}, problems: [] } : readEnvFile(options.envFile)
  const problems = [...file.problems]
  const parsed: Record<string, unknown> = {}
  for (const [key, setting] of Object.entries(SETTINGS) as [SettingKey, Setting<unknown>][]) {
    parsed[key] = readSetting(setting, [env, file.values], problems)
  }
  const settings = parsed as unknown as Settings
  // What a wrong value stands for is not known, so what follows from it is not told.
  const webhook = problems.length === 0 ? webhookProblem(settings) : undefined
  if (webhook !== undefined) problems.push(webhook)
  if (problems.length > 0) throw new ConfigError(problems)
  return complete(settings, options.directory ?? process.cwd())
}

/**
 * The address under which people reach the server: `PUBLIC_URL`, or else the address it listens on. `port` is the one that the
 * system picked when `PORT` is 0.
 */
export function publicUrlOf(config: Pick<Config, 'publicUrl' | 'host'>, port: number): string {
  if (config.publicUrl !== null) return config.publicUrl
  const everywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
  const host = everywhere[config.host] ?? config.host
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function complete(settings: Settings, directory: string): Config {
  const { databaseUrl, sandboxPort, ...rest } = settings
  const dataDir = resolve(directory, settings.dataDir)
  return Object.freeze({
    ...rest,
    dataDir,
    database: databaseAt(databaseUrl, { directory, dataDir }),
    sandboxPorts: sandboxPortsOf(sandboxPort, settings.port),
  })
}

function databaseAt(given: Database | null, { directory, dataDir }: { directory: string; dataDir: string }): Database {
  if (given?.engine === 'postgres') return given
  return { engine: 'sqlite', file: given?.file ? resolve(directory, given.file) : join(dataDir, 'postrider.db') }
}

/** Somebody who named a port wants that one. Otherwise the one after `PORT` is only the first choice: anybody may have it. */
function sandboxPortsOf(given: number | null, port: number): Config['sandboxPorts'] {
  if (given !== null) return [given]
  // Beside a port that the system picks, a fixed neighbour would be a guess.
  return port === 0 || port === 65_535 ? [0] : [port + 1, 0]
}

interface Raw {
  name: string
  value: string
}

function readSetting(setting: Setting<unknown>, layers: readonly Environment[], problems: string[]): unknown {
  const raw = findRaw(setting.env, layers)
  if (raw instanceof Problem) problems.push(raw.text)
  if (!raw || raw instanceof Problem) return setting.default
  const value = setting.parse(raw.value)
  if (!(value instanceof Problem)) return value
  problems.push(`${raw.name} ${value.text}${setting.secret ? '' : ` (it is ${quote(raw.value)})`}`)
  return setting.default
}

/**
 * The first layer that names the setting decides, by the first of its names that has a value. An empty value is none, and hides the
 * layers below: `TELEGRAM_BOT_TOKEN= npm start` is a start without the token of `.env`.
 */
function findRaw(names: readonly string[], layers: readonly Environment[]): Raw | Problem | undefined {
  const spellings = names.flatMap((name) => [name, `${name}_FILE`])
  const layer = layers.find((values) => spellings.some((spelling) => values[spelling] !== undefined))
  if (!layer) return undefined
  return names.map((name) => fromLayer(layer, name)).find((found) => found !== undefined)
}

function fromLayer(layer: Environment, name: string): Raw | Problem | undefined {
  const value = layer[name]?.trim()
  const file = layer[`${name}_FILE`]?.trim()
  if (value && file) return new Problem(`${name} and ${name}_FILE are both set; keep one of them`)
  if (value) return { name, value }
  return file ? fromFile(`${name}_FILE`, file) : undefined
}

function fromFile(name: string, file: string): Raw | Problem {
  try {
    const value = readFileSync(file, 'utf8').trim()
    return value ? { name, value } : new Problem(`${name} names a file that is empty`)
  } catch (error) {
    return new Problem(`${name} names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

/** A value may be a secret in the wrong place, so it is shown without what looks like one, and not at length. */
function quote(value: string): string {
  const clean = redactText(value)
  return JSON.stringify(clean.length > 60 ? `${clean.slice(0, 60)}…` : clean)
}
