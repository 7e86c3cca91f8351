import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fleet } from '../support/kill-run/fleet.ts'
import { killRun } from '../support/kill-run.ts'
import { startPostgres } from '../support/postgres-server.ts'
import { temporaryFolder } from '../support/program.ts'

test('three bot and two api processes, killed, restarted and without their PostgreSQL at times: nothing is lost, nothing out of order, no two call at once, and every double is marked', async (t) => {
  const server = await startPostgres()
  await server.execute('create database fleet')
  const run = await killRun({
    seed: 20_260_102,
    dataDir: temporaryFolder(t),
    after: (cleanUp) => t.after(cleanUp),
    make: (surroundings) => Fleet.make({ ...surroundings, server, database: 'fleet', apis: 2, bots: 3 }),
    mayBeAway: true,
    kills: 5,
    aliveMs: 1000,
    accounts: 5,
    chatsEach: 7,
    groupsEach: 1,
    postersPerChat: 2,
    waitingPerChat: 3,
    repeatEveryMs: 300,
    gaugeEveryMs: 500,
    stormPosts: 150,
    badWeather: 0.3,
    drainMs: 120_000,
    say: (line) => t.diagnostic(line),
  })
  assert.deepEqual(run.broken, [])
  // The run was worth its name: it met kills, a start that was killed, and a database that was away.
  assert.ok(run.kills >= 5, `${run.kills} kills`)
  assert.ok(run.killsInStart > 0, 'a kill in a start')
  assert.ok(run.accepted >= 300, `${run.accepted} accepted`)
  assert.ok(run.refusedForNow > 0, 'posts while the database was away')
  assert.ok(run.repeatedUnseen > 0, 'posts without an answer')
  assert.ok(run.repeatedLater > 100, `${run.repeatedLater} repetitions`)
  assert.ok(run.unknownByKill > 0, 'calls in flight at a kill')
  assert.ok(run.extraArrivals > 0, 'a double')
  assert.ok(run.told429 > 0, 'a 429')
})
