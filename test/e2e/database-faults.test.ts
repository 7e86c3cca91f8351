import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { Stranger } from '../support/loop.ts'
import { runProgram, startProgram, temporaryFolder } from '../support/program.ts'
import { until } from '../support/until.ts'

test('while another process holds the database nothing is taken in, everything can be read, and after it all is well', async (t) => {
  const dataDir = temporaryFolder(t)
  const program = await startProgram(t, { dataDir })
  const ann = new Stranger(program.url, program.sandboxUrl, 'ann')
  const phone = await ann.person('Annie', 'en')
  await ann.ask('POST', '/v1/users', { login: 'ann', password: 'correct horse', name: 'Ann' })
  const { body: link } = await ann.ask('POST', '/v1/link-codes')
  await phone.start(link.code)
  await until('the chat is linked', async () => (await ann.ask('GET', '/v1/chats')).body.items.length === 1)

  // The program may be writing when we come.
  const other = new DatabaseSync(join(dataDir, 'postrider.db'), { timeout: 60_000 })
  t.after(() => other.close())
  other.exec('begin immediate')
  const attempts = Array.from({ length: 20 }, () => ann.ask('POST', '/v1/messages', { text: 'one' }))
  for (const refused of await Promise.all(attempts)) {
    assert.deepEqual([refused.status, refused.body.code], [503, 'store_unavailable'])
    assert.match(refused.headers.get('content-type') ?? '', /^application\/problem\+json/)
  }
  const complaints = () => program.output().match(/The database cannot take it now/g)?.length ?? 0
  // The log comes another way than the answers.
  await until('the log says so', () => complaints() > 0)
  assert.equal((await ann.ask('GET', '/v1/messages')).status, 200)
  assert.equal((await fetch(`${program.url}/health/live`)).status, 200)

  other.exec('rollback')
  const accepted = await until('it takes messages again', async () => {
    const answer = await ann.ask('POST', '/v1/messages', { text: 'two' })
    return answer.status === 202 && answer
  })
  await until('the message arrives', async () => (await phone.heard()).some(({ text }) => text.endsWith('two')))
  const { body } = await ann.ask('GET', '/v1/messages')
  assert.deepEqual(
    body.items.map(({ id }: { id: string }) => id),
    [accepted.body.id],
  )
  assert.ok(complaints() <= 2, `the log has ${complaints()} lines about it`)
})

test('a database that is newer than the program is left alone, and one sentence says what to do', async (t) => {
  const dataDir = temporaryFolder(t)
  const program = await startProgram(t, { dataDir })
  await program.end('SIGTERM')
  const file = join(dataDir, 'postrider.db')
  const later = new DatabaseSync(file)
  later.exec("insert into schema_versions (version, name) values (9999, 'from the future')")
  later.close()

  const { code, stdout, stderr } = await runProgram(['up'], {
    env: { DATA_DIR: dataDir, PORT: '0', SANDBOX_PORT: '0' },
  })
  assert.equal(code, 1)
  const said = `${stdout}${stderr}`.trim().split('\n')
  assert.equal(said.length, 1, said.join('\n'))
  assert.match(said[0] ?? '', /database is at version 9999 and this program knows only \d+: start the newer program\.$/)

  const kept = new DatabaseSync(file)
  t.after(() => kept.close())
  assert.equal(kept.prepare('select max(version) as version from schema_versions').get()?.['version'], 9999)
})
