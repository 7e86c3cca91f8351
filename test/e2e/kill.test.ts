import assert from 'node:assert/strict'
import { test } from 'node:test'
import { killRun } from '../support/kill-run.ts'
import { temporaryFolder } from '../support/program.ts'

test('kill -9, ten times in bad weather: nothing is lost, nothing out of order, and every double is marked', async (t) => {
  const run = await killRun({
    seed: 20_260_101,
    dataDir: temporaryFolder(t),
    after: (cleanUp) => t.after(cleanUp),
    kills: 10,
    aliveMs: 1500,
    accounts: 6,
    chatsEach: 6,
    postersPerChat: 2,
    waitingPerChat: 3,
    repeatEveryMs: 300,
    gaugeEveryMs: 250,
    stormPosts: 250,
    badWeather: 0.3,
    drainMs: 120_000,
    say: (line) => t.diagnostic(line),
  })
  assert.deepEqual(run.broken, [])
  t.diagnostic(`${run.digests} digests, ${run.mostTogetherAtKill} messages in one at a kill`)
  // The run was worth its name: the kills came in the midst of posts and of calls, and the weather was bad.
  assert.ok(run.kills >= 10, `${run.kills} kills`)
  assert.ok(run.accepted >= 450, `${run.accepted} accepted`)
  assert.ok(run.repeatedUnseen > 0, 'posts without an answer')
  assert.ok(run.repeatedLater > 100, `${run.repeatedLater} repetitions`)
  assert.ok(run.unknownByKill > 0, 'calls in flight at a kill')
  assert.ok(run.unknownByFault >= 10, `${run.unknownByFault} unknown outcomes by faults`)
  assert.ok((run.byStatus.get('uncertain') ?? 0) > 0, 'some that may not be sent twice')
  assert.ok((run.byStatus.get('expired') ?? 0) > 0, 'some whose time was over')
  assert.ok(run.told429 > 0, 'a 429')
  assert.ok(run.extraArrivals > 0, 'a double')
  assert.ok(run.digests >= 3, `${run.digests} Telegram messages of several of ours`)
  assert.ok(run.mostTogetherAtKill > 1, 'messages that travelled together at a kill')
})
