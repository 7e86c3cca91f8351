import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** The last stage of an image that was built without a Docker engine. */
export interface BuiltStage {
  /** Stands for `/` of the image. */
  root: string
  from: string
  env: Record<string, string>
  user: string
  entrypoint: string[]
  command: string[]
  healthcheck: string[]
}

interface Instruction {
  name: string
  rest: string
}

/**
 * Does what a Dockerfile says in folders of this machine: each stage is a folder, `COPY` copies, `RUN` runs. What it does not know is an
 * error. Two things differ from a real build: programs are those of this machine and not of the base image, and `chown` does nothing,
 * because the image's user need not be here.
 */
export function buildByHand(options: { dockerfile: string; context: string; into: string }): BuiltStage {
  const context = new Context(options.context, `${options.dockerfile}.dockerignore`)
  const builder = new Builder(context, options.into)
  for (const instruction of instructionsOf(readFileSync(options.dockerfile, 'utf8'))) builder.follow(instruction)
  return builder.last
}

function instructionsOf(text: string): Instruction[] {
  const lines = text.replaceAll(/^\s*#.*\n/gm, '').replaceAll(/\\\n/g, ' ')
  return [...lines.matchAll(/^([A-Z]+)\s+(.*)$/gm)].map(([, name = '', rest = '']) => ({ name, rest: rest.trim() }))
}

/** What a builder would get: nothing but what the ignore file lets through. */
class Context {
  readonly #root: string
  readonly #allowed: string[]
  constructor(root: string, ignoreFile: string) {
    const rules = readFileSync(ignoreFile, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    if (rules[0] !== '*' || rules.slice(1).some((rule) => !rule.startsWith('!'))) {
      throw new Error(`${ignoreFile} must forbid everything first, and then allow`)
    }
    this.#root = root
    this.#allowed = rules.slice(1).map((rule) => rule.slice(1))
  }

  path(source: string): string {
    const path = source.replace(/\/$/, '')
    if (!this.#allowed.some((allowed) => path === allowed || path.startsWith(`${allowed}/`))) {
      throw new Error(`${source} is copied, but the ignore file keeps it from the builder`)
    }
    return join(this.#root, path)
  }
}

class Builder {
  readonly #context: Context
  readonly #into: string
  readonly #arguments = new Map<string, string>()
  readonly #stages = new Map<string, BuiltStage & { workdir: string }>()

  constructor(context: Context, into: string) {
    this.#context = context
    this.#into = into
  }

  get last(): BuiltStage & { workdir: string } {
    const stage = [...this.#stages.values()].at(-1)
    if (!stage) throw new Error('There is no FROM before this instruction.')
    return stage
  }

  follow({ name, rest }: Instruction): void {
    const follow = this.#known[name]
    if (!follow) throw new Error(`${name} is not known here: ${rest}`)
    follow(rest)
  }

  readonly #known: Readonly<Record<string, (rest: string) => void>> = {
    ARG: (rest) => {
      const [name = '', value = ''] = rest.split('=')
      this.#arguments.set(name, value)
    },
    FROM: (rest) => this.#from(rest),
    WORKDIR: (rest) => {
      this.last.workdir = rest
      mkdirSync(join(this.last.root, rest), { recursive: true })
    },
    COPY: (rest) => this.#copy(rest),
    RUN: (rest) => this.#run(rest),
    ENV: (rest) => {
      for (const [, key = '', value = ''] of rest.matchAll(/(\w+)=(\S*)/g)) this.last.env[key] = value
    },
    USER: (rest) => {
      this.last.user = rest
    },
    HEALTHCHECK: (rest) => {
      this.last.healthcheck = wordsOf(rest.replace(/^.*\bCMD\s+/, ''))
    },
    ENTRYPOINT: (rest) => {
      this.last.entrypoint = wordsOf(rest)
    },
    CMD: (rest) => {
      this.last.command = wordsOf(rest)
    },
    // Said to the engine; nothing happens in the build.
    VOLUME: () => undefined,
    EXPOSE: () => undefined,
    STOPSIGNAL: () => undefined,
  }

  #from(rest: string): void {
    const [, image = '', name = `stage-${this.#stages.size}`] = /^(\S+)(?:\s+AS\s+(\S+))?$/.exec(rest) ?? []
    const from = image.replaceAll(/\$\{(\w+)\}/g, (_all, key: string) => this.#arguments.get(key) ?? '')
    const root = join(this.#into, name)
    mkdirSync(root, { recursive: true })
    const nothing = { env: {}, user: 'root', entrypoint: [], command: [], healthcheck: [] }
    this.#stages.set(name, { root, from, workdir: '/', ...nothing })
  }

  #copy(rest: string): void {
    const words = rest.split(/\s+/)
    const from = words[0]?.startsWith('--from=') ? words.shift()?.slice('--from='.length) : undefined
    const target = words.pop() ?? ''
    const into = join(this.last.root, target.startsWith('/') ? '' : this.last.workdir, target)
    for (const word of words) {
      const source = from === undefined ? this.#context.path(word) : join(this.#stages.get(from)?.root ?? '', word)
      cpSync(source, target.endsWith('/') ? join(into, basename(source)) : into, { recursive: true })
    }
  }

  #run(rest: string): void {
    const { root, workdir } = this.last
    const script = rest
      .replaceAll(/\bchown\b/g, 'true')
      .replaceAll(/(?<=\s)\/(?:app|data)\b\S*/g, (path) => `"${root}${path}"`)
    // The Node that runs the tests, as the base image has the one that runs the program.
    const path = `${dirname(process.execPath)}:${process.env['PATH']}`
    // What an earlier install of this machine fetched is not fetched again.
    const env = { ...process.env, PATH: path, npm_config_prefer_offline: 'true' }
    execFileSync('sh', ['-c', script], { cwd: join(root, workdir), env, stdio: ['ignore', 'ignore', 'pipe'] })
  }
}

function wordsOf(json: string): string[] {
  return JSON.parse(json) as string[]
}
