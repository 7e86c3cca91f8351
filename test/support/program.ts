import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** As `npm start` and the units do. */
export const NODE_FLAGS = ['--max-semi-space-size=8']

const MAIN = join(import.meta.dirname, '../../src/main.ts')

/** How long the program may take to say where it is, on a machine that is busy with other tests. */
const START_PATIENCE_MS = 120_000

export interface Program {
  /** Of the HTTP API; in the role `bot`, which needs a BOT_PORT then, of its health. */
  url: string
  /** The same, where it has a PUBLIC_URL that leads elsewhere. */
  localUrl: string
  /** Of the sandbox; empty with a token. */
  sandboxUrl: string
  readonly process: ChildProcess
  /** Everything it wrote so far. */
  output(): string
  /** Sends the signal, and resolves when all that it wrote is read: with the exit code, null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

/** This user when empty. */
export type UserOfProcess = Pick<SpawnOptions, 'uid' | 'gid'>

/** `nobody` and `nogroup` on most systems; what counts is that it is not root. */
const NOBODY = 65_534

/** A user whom mode bits hold: this one, or nobody where this is root. Undefined where such a user cannot run the program. */
export function unprivilegedUser(): UserOfProcess | undefined {
  if (process.getuid?.() !== 0) return {}
  const as = { uid: NOBODY, gid: NOBODY }
  const { status } = spawnSync(process.execPath, [MAIN, '--version'], as)
  return status === 0 ? as : undefined
}

/**
 * A folder that goes away by itself, with the process of the test: what is cleaned up after a test is cleaned up in the order in which it
 * was made, and a program that still runs in the folder would write into it while it is removed. Its name has a blank, as people's
 * folders do.
 */
export function temporaryFolder(_t: Pick<TestContext, 'after'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'postrider test '))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }))
  return folder
}

/** The program as its users start it: a process of its own, on free ports, found by what it prints. */
export async function startProgram(
  t: Pick<TestContext, 'after'>,
  {
    dataDir,
    env = {},
    onSpawn,
    role = 'up',
  }: {
    dataDir: string
    env?: Record<string, string>
    onSpawn?: (c: ChildProcess) => void
    role?: 'up' | 'api' | 'bot'
  },
): Promise<Program> {
  const child = spawnProgram([role], { DATA_DIR: dataDir, PORT: '0', SANDBOX_PORT: '0', ...env })
  onSpawn?.(child)
  const output = collect(child)
  // Its exit is told before the last of what it wrote.
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
  t.after(() => void child.kill('SIGKILL'))
  await untilUp(child, output)
  const url = addressOf(output(), role === 'bot' ? 'Health' : 'API')
  return {
    url,
    localUrl: /^ {2}Here\s+(http\S+)/m.exec(output())?.[1] ?? url,
    sandboxUrl: /^ {2}Telegram\s+(http\S+) \(the sandbox/m.exec(output())?.[1] ?? '',
    process: child,
    output,
    end: async (signal) => {
      child.kill(signal)
      return await closed
    },
  }
}

/** Runs one command to its end. `input` is what stands in its standard input. */
export async function runProgram(
  args: readonly string[],
  { env = {}, input = '', as = {} }: { env?: Record<string, string>; input?: string; as?: UserOfProcess } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawnProgram(args, env, as)
  const stdout = collect(child, ['stdout'])
  const stderr = collect(child, ['stderr'])
  child.stdin?.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout: stdout(), stderr: stderr() }
}

function spawnProgram(args: readonly string[], env: Record<string, string>, as: UserOfProcess = {}): ChildProcess {
  // Nothing of the machine's own settings: a token in the environment must not reach the real Telegram from a test.
  const { PATH, HOME } = process.env
  const bare = { ...(PATH && { PATH }), ...(HOME && { HOME }) }
  // A folder without a `.env`, for the same reason.
  return spawn(process.execPath, [...NODE_FLAGS, MAIN, ...args], {
    cwd: tmpdir(),
    env: { ...bare, ...env },
    ...as,
  })
}

function collect(child: ChildProcess, streams: readonly ('stdout' | 'stderr')[] = ['stdout', 'stderr']): () => string {
  const chunks: Buffer[] = []
  for (const name of streams) child[name]?.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString()
}

async function untilUp(child: ChildProcess, output: () => string): Promise<void> {
  const patience = AbortSignal.timeout(START_PATIENCE_MS)
  while (!output().includes('Ctrl-C stops it.')) {
    const ended = child.exitCode ?? child.signalCode
    if (ended !== null) throw new Error(`The program ended with ${ended}:\n${output()}`)
    if (patience.aborted) throw new Error(`The program did not come up:\n${output()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function addressOf(output: string, what: string): string {
  const address = new RegExp(`^ {2}${what}\\s+(http\\S+)`, 'm').exec(output)?.[1]
  if (address === undefined) throw new Error(`The program does not say where its ${what} is:\n${output}`)
  return address
}
