#!/usr/bin/env node
// Runs the program on a Node that can: this one, or the one that npm installed beside us. Plain JavaScript that Node 20 understands.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const main = join(root, 'src', 'main.ts')
const packagedNode = join(root, 'node_modules', '.bin', 'node')

if (Number(process.versions.node.split('.')[0]) >= 24) {
  process.argv[1] = main
  await import(pathToFileURL(main).href)
} else if (existsSync(packagedNode)) {
  runOn(packagedNode)
} else {
  console.error(
    `Postrider needs Node 24 or newer; this is ${process.version}. Run \`npm ci --ignore-scripts\` in ${root} to get one beside it.`,
  )
  process.exitCode = 1
}

function runOn(node) {
  // Room for new objects, in MB: docs/operations.md.
  const child = spawn(node, ['--max-semi-space-size=8', main, ...process.argv.slice(2)], { stdio: 'inherit' })
  // A terminal sends Ctrl-C to both of us; the program takes two signals within a moment for one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`Postrider could not be started with ${node}: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
  })
}
