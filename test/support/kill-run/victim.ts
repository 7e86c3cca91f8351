import { type Program, startProgram } from '../program.ts'
import type { UnderTest } from './under-test.ts'

export interface VictimOptions {
  dataDir: string
  env: Record<string, string>
  role?: 'up' | 'api' | 'bot'
  /** Takes what must be done at the end of the test. */
  after: (cleanUp: () => void) => void
  /** True of an error that it may log. Default: none. */
  mayLog?: (line: LogLine) => boolean
}

export interface LogLine {
  level?: string
  msg?: string
  error?: { code?: string }
}

/** The program under test: a process that is killed and started again on the same data. */
export class Victim implements UnderTest {
  kills = 0
  killsInStart = 0
  readonly complaints: string[] = []
  readonly warnings = new Map<string, number>()
  readonly #options: VictimOptions
  #program: Program | undefined
  #up = Promise.withResolvers<string>()

  constructor(options: VictimOptions) {
    this.#options = options
  }

  get isUp(): boolean {
    return this.#program !== undefined
  }

  url(): Promise<string> {
    return this.#up.promise
  }

  async start(): Promise<void> {
    const program = await startProgram(this.#options, this.#options)
    this.#program = program
    program.process.once('exit', (code, signal) => {
      if (this.#program === program) this.complaints.push(`it ended by itself (${code ?? signal}): ${tail(program)}`)
    })
    this.#up.resolve(program.url)
  }

  async startAndKill(afterMs: number): Promise<void> {
    const gone = Promise.withResolvers<void>()
    let killed = false
    const starting = startProgram(this.#options, {
      ...this.#options,
      onSpawn: (child) => {
        child.once('exit', () => gone.resolve())
        setTimeout(() => {
          killed = true
          child.kill('SIGKILL')
        }, afterMs)
      },
    })
    await starting.then(
      () => gone.promise,
      (error: unknown) => {
        if (!killed) throw error
        this.killsInStart++
      },
    )
    this.kills++
  }

  async kill(): Promise<void> {
    const program = this.#leave()
    await program.end('SIGKILL')
    this.kills++
    this.#read(program)
  }

  async stop(): Promise<void> {
    const program = this.#leave()
    const code = await program.end('SIGTERM')
    if (code !== 0) this.complaints.push(`a clean stop ended with ${code}: ${tail(program)}`)
    this.#read(program)
  }

  #leave(): Program {
    const program = this.#program
    if (program === undefined) throw new Error('The program is not up.')
    this.#program = undefined
    this.#up = Promise.withResolvers()
    return program
  }

  #read(program: Program): void {
    const { mayLog = () => false } = this.#options
    for (const line of program.output().split('\n')) {
      const parsed = parseLog(line)
      const { level, msg } = parsed
      if (level === undefined || msg === undefined) continue
      this.warnings.set(`${level}: ${msg}`, (this.warnings.get(`${level}: ${msg}`) ?? 0) + 1)
      if (level === 'error' && !mayLog(parsed)) this.complaints.push(`it logged an error: ${line}`)
    }
  }
}

function parseLog(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine
  } catch {
    return {}
  }
}

function tail(program: Program): string {
  return program.output().slice(-2000)
}
