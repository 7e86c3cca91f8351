import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { followLogs } from '../../scripts/services/follow-logs.ts'
import { beginningOf, end, isAlive, type KnownProcess } from '../../scripts/services/process.ts'
import { Records } from '../../scripts/services/records.ts'
import { temporaryFolder } from '../support/program.ts'
import { until } from '../support/until.ts'

const GENTLE = { stopSignal: 'SIGTERM', stopPatienceMs: 60_000 } as const

async function startShell(t: { after(task: () => void): void }, script: string): Promise<KnownProcess> {
  const child = spawn('sh', ['-c', `${script}; echo ready; while :; do read -r _; done`], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  t.after(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  const pid = child.pid ?? 0
  return { pid, began: beginningOf(pid) ?? '' }
}

test('a process is asked to end, and killed only when it does not in time', async (t) => {
  const polite = await startShell(t, ':')
  assert.ok(isAlive(polite))
  assert.equal(await end({ ...polite, ...GENTLE }), 'ended')
  assert.ok(!isAlive(polite))

  const deaf = await startShell(t, 'trap "" TERM')
  assert.equal(await end({ ...deaf, ...GENTLE, stopPatienceMs: 50 }), 'killed')
  assert.ok(!isAlive(deaf))
})

test('a process that has the number of one that is gone is not taken for it, and gets no signal', async (t) => {
  const other = await startShell(t, ':')
  const gone = { ...other, began: `${other.began}0` }
  assert.ok(!isAlive(gone))
  assert.equal(await end({ ...gone, ...GENTLE }), 'ended')
  assert.ok(isAlive(other))
})

test('two do not start and stop services at once, and a lock whose holder was killed holds nobody up', async (t) => {
  const records = new Records(temporaryFolder(t))
  const release = records.lock()
  assert.ok(records.isLocked())
  assert.throws(() => records.lock(), /^OperatorError: Another make \(process \d+\) starts or stops services\.$/)
  release()
  const killed = await startShell(t, ':')
  writeFileSync(join(records.folder, 'lock'), JSON.stringify({ ...killed, began: 'another time' }))
  assert.ok(!records.isLocked())
  records.lock()()
})

test('logs are shown line by line from their last lines on, also those that come later or are made anew', async (t) => {
  const folder = temporaryFolder(t)
  const [first, second] = [join(folder, 'first.log'), join(folder, 'second.log')]
  const many = Array.from({ length: 200 }, (_, i) => `line ${i}`)
  writeFileSync(first, `${many.join('\n')}\n`)
  const seen: string[] = []
  const stop = new AbortController()
  const logs = [
    { name: 'first', file: first },
    { name: '2nd', file: second },
  ]
  const following = followLogs(logs, (line) => seen.push(line), stop.signal)
  await until('the last lines are there', () => seen.length > 0)
  assert.deepEqual(
    seen,
    many.slice(-50).map((line) => `first | ${line}`),
  )

  seen.length = 0
  appendFileSync(first, 'half a ')
  writeFileSync(second, 'später\n')
  await until('the other one is there', () => seen.length > 0)
  appendFileSync(first, 'line\n')
  await until('the line is whole', () => seen.length > 1)
  writeFileSync(first, 'anew\n')
  await until('it is read from its beginning', () => seen.length > 2)
  stop.abort()
  await following
  assert.deepEqual(seen, ['2nd   | später', 'first | half a line', 'first | anew'])
})
