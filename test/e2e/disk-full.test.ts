import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Stranger } from '../support/loop.ts'
import { startProgram, temporaryFolder } from '../support/program.ts'
import { until } from '../support/until.ts'

const DISK_MEGABYTES = 96

/** A file system of its own, or why this machine does not let us have one. */
function smallDisk(t: TestContext): { folder: string } | { why: string } {
  if (process.platform !== 'linux') return { why: 'a small file system is made on Linux alone' }
  const folder = mkdtempSync(join(tmpdir(), 'postrider disk '))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MEGABYTES}m`, 'tmpfs', folder], { stdio: 'pipe' })
  } catch {
    rmdirSync(folder)
    return { why: 'this user may not mount a file system' }
  }
  t.after(() => {
    execFileSync('umount', ['--lazy', folder])
    rmdirSync(folder)
  })
  return { folder }
}

/** Writes until nothing more fits. */
function fillUp(file: string): void {
  const descriptor = openSync(file, 'a')
  for (const size of [2 ** 20, 4096]) {
    try {
      for (;;) writeSync(descriptor, Buffer.alloc(size))
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC')
    }
  }
  closeSync(descriptor)
}

test('on a full disk new messages are refused, what was accepted arrives, and all is well when there is room', async (t) => {
  const disk = smallDisk(t)
  if ('why' in disk) return t.skip(disk.why)
  const database = join(disk.folder, 'postrider.db')
  const program = await startProgram(t, { dataDir: temporaryFolder(t), env: { DATABASE_URL: `sqlite:${database}` } })
  const ann = new Stranger(program.url, program.sandboxUrl, 'ann')
  const phone = await ann.person('Annie', 'en')
  await ann.ask('POST', '/v1/users', { login: 'ann', password: 'correct horse', name: 'Ann' })
  const { body: link } = await ann.ask('POST', '/v1/link-codes')
  await phone.start(link.code)
  await until('the chat is linked', async () => (await ann.ask('GET', '/v1/chats')).body.items.length === 1)
  const post = (text: string) => ann.ask('POST', '/v1/messages', { text, digest: 'never' })
  const heard = async () => (await phone.heard()).map(({ text }) => text.split('\n').at(-1))

  // One a second goes to a chat, so most of these wait when the disk is full.
  const accepted = ['one', 'two', 'three', 'four']
  for (const text of accepted) assert.equal((await post(text)).status, 202)
  const filler = join(disk.folder, 'filler')
  fillUp(filler)
  const refused = await until('a message is refused', async () => {
    // One that needs room, and short enough that it goes as one.
    const text = `${'x'.repeat(3000)} ${accepted.length}`
    const answer = await post(text)
    if (answer.status !== 202) return answer
    accepted.push(text)
    fillUp(filler)
    return undefined
  })
  assert.deepEqual([refused.status, refused.body.code], [503, 'store_unavailable'])
  assert.equal((await fetch(`${program.url}/health/ready`)).status, 503)

  await until('all that was accepted has arrived', async () => {
    const arrived = await heard()
    return accepted.every((text) => arrived.includes(text))
  })
  assert.equal((await post('still no room')).status, 503)
  assert.equal((await ann.ask('GET', '/v1/messages')).status, 200)

  rmSync(filler)
  const after = await until('it takes messages again', async () => {
    const answer = await post('there is room')
    return answer.status === 202 && answer
  })
  assert.equal(after.body.status, 'queued')
  await until('the new one arrives', async () => (await heard()).includes('there is room'))
  assert.equal(program.process.exitCode, null)
  assert.ok(!(await heard()).includes('still no room'))
})
