/** Prints the documents that can be printed from code; with `--check` compares them with what is there, and changes nothing. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { printConfiguration, printEnvExample } from '../src/config/print-settings.ts'

const ROOT = join(import.meta.dirname, '..')

/** Each document with the function that prints it. */
const DOCUMENTS: readonly { file: string; print: () => string | Promise<string> }[] = [
  { file: '.env.example', print: printEnvExample },
  { file: 'docs/configuration.md', print: printConfiguration },
]

const check = process.argv.includes('--check')
let stale = 0
for (const { file, print } of DOCUMENTS) {
  const path = join(ROOT, file)
  const wanted = await print()
  if (readIfThere(path) === wanted) continue
  stale++
  if (check) {
    console.log(`${file} is not what the code prints: run \`npm run docs\``)
  } else {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, wanted)
    console.log(`${file} printed`)
  }
}
if (check && stale > 0) process.exitCode = 1

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
