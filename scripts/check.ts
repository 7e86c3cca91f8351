/** Types, lint, format, unused code, architecture, printed documents. Each line says how it went; what is wrong follows it. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { complaintsAbout, readArchitecture } from './architecture.ts'

const ROOT = join(import.meta.dirname, '..')

interface Check {
  name: string
  /** What is wrong; empty when nothing is. */
  run: () => Promise<string>
}

const CHECKS: readonly Check[] = [
  { name: 'types', run: () => tool('tsc', '--project', '.') },
  { name: 'types of the page', run: () => tool('tsc', '--project', 'web') },
  { name: 'lint', run: () => tool('oxlint', '--type-aware', '--deny-warnings') },
  { name: 'format', run: () => tool('biome', 'format', '.') },
  { name: 'unused code', run: () => tool('knip', '--no-progress') },
  { name: 'architecture', run: async () => complaintsAbout(await readArchitecture(ROOT)).join('\n') },
  { name: 'printed documents', run: () => tool(process.execPath, 'scripts/print-docs.ts', '--check') },
]

const began = performance.now()
const outcomes = await inPairs(CHECKS)
const failed = outcomes.filter((ok) => !ok).length
console.log(
  failed === 0
    ? paint('green', `All checks passed (${secondsSince(began)}).`)
    : paint('red', `${failed} of ${CHECKS.length} checks failed (${secondsSince(began)}).`),
)
process.exitCode = failed === 0 ? 0 : 1

/** Two at a time: most machines have two cores at least, and every one of the tools uses several where it can. */
async function inPairs(checks: readonly Check[]): Promise<boolean[]> {
  const outcomes: boolean[] = []
  const waiting = [...checks]
  const worker = async (): Promise<void> => {
    for (let check = waiting.shift(); check; check = waiting.shift()) outcomes.push(await report(check))
  }
  await Promise.all([worker(), worker()])
  return outcomes
}

async function report({ name, run }: Check): Promise<boolean> {
  const began = performance.now()
  const wrong = await run().catch((error: unknown) => String(error))
  const mark = wrong === '' ? paint('green', '✔') : paint('red', '✖')
  console.log(
    `${mark} ${name} ${paint('dim', `(${secondsSince(began)})`)}${wrong === '' ? '' : `\n${wrong.trimEnd()}`}`,
  )
  return wrong === ''
}

/** Runs a tool of `node_modules/.bin`; its output when it failed. */
function tool(command: string, ...args: string[]): Promise<string> {
  const path = command.includes('/') ? command : join(ROOT, 'node_modules', '.bin', command)
  const colour = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...colour },
    })
    let output = ''
    const collect = (chunk: Buffer): void => {
      output += chunk.toString()
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', reject)
    child.on('close', (code) => resolve(code === 0 ? '' : output || `${command} failed (${code})`))
  })
}

function paint(style: Parameters<typeof styleText>[0], text: string): string {
  return styleText(style, text, { stream: process.stdout })
}

function secondsSince(began: number): string {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`
}
