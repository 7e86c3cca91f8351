import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import type { Desk, House } from '../../src/cli/house.ts'
import { run } from '../../src/cli/program.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { temporaryFolder } from '../support/program.ts'

test('it says in how many steps, in words that fit the number', async (t) => {
  const unused = (): never => assert.fail('`migrate` needs no such thing')
  const env = { DATA_DIR: temporaryFolder(t) }
  for (const [steps, said] of [
    [0, 'The database is up to date.\n'],
    [1, 'The database was brought up to date in 1 step.\n'],
    [2, 'The database was brought up to date in 2 steps.\n'],
  ] as const) {
    const desk: Desk = {
      migrate: async () => steps,
      missingSteps: unused,
      ping: unused,
      registerUser: unused,
      listUsers: unused,
      setPassword: unused,
      removeUser: unused,
      setRole: unused,
      lostBotTokens: unused,
      close: async () => undefined,
    }
    const openDesk = async (): Promise<Desk> => desk
    const house: House = {
      version: '0',
      clock: systemClock,
      createApp: unused,
      openDesk,
      openMovable: unused,
      askBot: unused,
      startSandbox: unused,
    }
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
    assert.equal(
      await run(['migrate'], { env, stdin, stdout, stderr, signals: new EventEmitter(), exit: unused }, house),
      0,
    )
    stdout.end()
    assert.equal(await text(stdout), said)
  }
})
