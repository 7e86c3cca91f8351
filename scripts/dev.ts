/**
 * `npm run dev`: the program, started anew when its sources change, and the account page with hot reload in front of it. What the page asks
 * of the program goes through the same address, so cookies and live events work as they do in earnest.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createServer } from 'vite'

const ROOT = join(import.meta.dirname, '..')
const port = process.env['PORT'] ?? '8000'
process.env['POSTRIDER_URL'] = `http://127.0.0.1:${port}`

const program = spawn(process.execPath, ['--watch-path=src', '--watch-preserve-output', 'src/main.ts', 'up'], {
  cwd: ROOT,
  env: { ...process.env, PORT: port },
  stdio: 'inherit',
})
const page = await createServer({ configFile: join(ROOT, 'web/vite.config.ts') })
await page.listen()
console.log('The account page, with hot reload:')
page.printUrls()

program.on('exit', (code) => {
  void page.close().then(() => process.exit(code ?? 1))
})
// The terminal tells the program as well; it ends softly, and we with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => program.kill(signal))
