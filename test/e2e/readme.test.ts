import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Stranger } from '../support/loop.ts'
import { startProgram, temporaryFolder } from '../support/program.ts'
import { until } from '../support/until.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')

/** The blocks that a person copies into a shell, in their order. */
const BLOCKS = [...README.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block ?? '')

test('what the README says to type works as it stands there', async (t) => {
  const program = await startProgram(t, { dataDir: temporaryFolder(t) })
  const ann = new Stranger(program.url, program.sandboxUrl, 'ann')
  const phone = await ann.person('Ann', 'en')
  const shell = openShell(t)
  const copy = (block: string | undefined): Promise<string> =>
    // The only change: the program of this test is on another port.
    shell.run((block ?? '').replace('http://127.0.0.1:8000', program.url))
  assert.equal(BLOCKS.length, 5)

  const [register, post, list, send, bots] = BLOCKS
  const code = /"code":"([^"]+)"/.exec(await copy(register))?.[1]
  await phone.start(code)
  await until('the bot says that the chat is linked', async () => (await phone.heard()).length === 1)

  assert.match(await copy(post), /"status":"queued"/)
  await until(
    'the message stands in the chat',
    async () => (await phone.heard())[1]?.text === 'Ann, I got a message from you:\nbackup done',
  )
  await until('the account knows', async () => (await copy(list)).includes('"status":"delivered"'))

  await copy(send)
  const heard = await until('what was sent from the shell arrives', async () => {
    const all = await phone.heard()
    return all.length === 4 && all
  })
  assert.equal(heard[2]?.text, 'Ann, I got a message from you:\ndeployed')
  assert.match(heard[3]?.text ?? '', /^Ann, I got a message from you:\ncommit [0-9a-f]{40}/)

  const [add, off] = bots?.split(/\n(?=curl)/) ?? []
  const token = `987654321:${'a'.repeat(35)}`
  await makeBot(program.sandboxUrl, { username: 'alerts_bot', token })
  const added = await copy(add?.replace('987654321:AAF…', token))
  assert.match(added, /"title":"Alerts","active":true/)
  const switched = await copy(off?.replace('bot_…', /"id":"(bot_\w+)"/.exec(added)?.[1] ?? ''))
  assert.match(switched, /"title":"Alerts","active":false/)
})

test('the README says in which order the phone asks: first whose it is, then Start', () => {
  assert.match(README, /Open the phone, say whose phone it is, then press \*\*Start\*\*/)
})

test('the README names every file that it links to', () => {
  const links = [...README.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path ?? '')
  assert.ok(links.length > 8)
  for (const path of links) assert.doesNotThrow(() => readFileSync(join(ROOT, path)), path)
})

async function makeBot(sandboxUrl: string, bot: { username: string; token: string }): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const made = await fetch(`${sandboxUrl}/_sandbox/create-bot`, { method: 'POST', headers, body: JSON.stringify(bot) })
  assert.equal(made.status, 200)
}

/** One shell for all blocks, because later ones use what earlier ones set. */
function openShell(t: { after(task: () => void): void }): { run(script: string): Promise<string> } {
  const { PATH, HOME } = process.env
  const child = spawn('sh', [], { cwd: ROOT, env: { PATH, HOME, npm_config_update_notifier: 'false' } })
  t.after(() => void child.kill())
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  let count = 0
  return {
    async run(script) {
      const end = `end of block ${++count}`
      const from = output.length
      child.stdin.write(`${script}\necho; echo "${end}"\n`)
      while (!output.includes(end, from)) await once(child.stdout, 'data')
      return output.slice(from, output.indexOf(end, from))
    },
  }
}
