import { type Program, startProgram } from '../program.ts'

export interface VictimOptions {
  dataDir: string
  env: Record<string, string>
  /** Takes what must be done at the end of the test. */
  after: (cleanUp: () => void) => void
}

/** The program under test: a process that is killed and started again on the same data. */
export class Victim {
  /** Kills so far, and how many of them came before the program said that it was up. */
  kills = 0
  killsInStart = 0
  /** What it should not have done: ended by itself, or logged an error. */
  readonly complaints: string[] = []
  /** How often it said what, above `info`. */
  readonly warnings = new Map<string, number>()
  readonly #options: VictimOptions
  #program: Program | undefined
  #up = Promise.withResolvers<string>()

  constructor(options: VictimOptions) {
    this.#options = options
  }

  /** Where it listens: now, or when it is up again. */
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

  /** kill -9 in the midst of a start, `afterMs` after the process was made. */
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

  /** kill -9 */
  async kill(): Promise<void> {
    const program = this.#leave()
    await program.end('SIGKILL')
    this.kills++
    this.#read(program)
  }

  /** A clean stop. */
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
    for (const line of program.output().split('\n')) {
      const { level, msg } = parseLog(line)
      if (level === undefined || msg === undefined) continue
      this.warnings.set(`${level}: ${msg}`, (this.warnings.get(`${level}: ${msg}`) ?? 0) + 1)
      if (level === 'error') this.complaints.push(`it logged an error: ${line}`)
    }
  }
}

function parseLog(line: string): { level?: string; msg?: string } {
  try {
    const { level, msg } = JSON.parse(line) as { level?: string; msg?: string }
    return { ...(level !== undefined && { level }), ...(msg !== undefined && { msg }) }
  } catch {
    return {}
  }
}

function tail(program: Program): string {
  return program.output().slice(-2000)
}
