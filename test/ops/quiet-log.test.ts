import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Refusal } from '../../src/domain/refusals.ts'
import { quietAboutStore } from '../../src/ops/quiet-log.ts'
import { recordingLog } from '../support/http-server.ts'
import { ManualClock } from '../support/manual-clock.ts'

function scene() {
  const clock = new ManualClock()
  const inner = recordingLog()
  const log = quietAboutStore(inner, clock)
  const lines = () =>
    inner.lines
      .filter(({ level }) => level !== 'debug')
      .map(({ level, message, fields }) => ({ level, message, fields: fields as Record<string, unknown> }))
  const said = () => lines().map(({ level, message }) => `${level}: ${message}`)
  return {
    clock,
    log,
    lines,
    said,
    all: inner.lines,
    /** Time goes by, and whoever is due does what is to be done. */
    pass: async (ms: number): Promise<void> => {
      clock.advance(ms)
      await nextTurn()
    },
  }
}

const down = (detail = 'it may only be read') => new Refusal('store_unavailable', { detail })

test('a thousand lines about a database that takes nothing are one when it begins, one a minute with their number, and one when it is over', async () => {
  const { clock, log, lines, said, all, pass } = scene()
  for (let second = 0; second < 150; second++) {
    for (let line = 0; line < 10; line++) {
      if (line % 2 === 0) log.warn({ err: down(), line }, 'a request could not be served')
      else log.error({ error: down(`reason ${second}`), line }, 'the database did not take it; trying again')
    }
    await pass(1000)
  }
  assert.deepEqual(said(), [
    'warn: a request could not be served',
    'warn: the trouble with the database goes on',
    'warn: the trouble with the database goes on',
  ])
  const [, first, second] = lines()
  assert.deepEqual([first?.fields['alike'], second?.fields['alike']], [599, 600])
  assert.match(JSON.stringify(second?.fields['err']), /reason 119/)
  assert.equal(all.filter(({ level }) => level === 'debug').length, 1499, 'who looks for them finds them')
  // What was heard since the last line is told, and then there is a minute of silence.
  await pass(30_000)
  await pass(60_000)
  assert.deepEqual(said().slice(3), [
    'warn: the trouble with the database goes on',
    'info: for a minute nobody had trouble with the database: it is over',
  ])
  assert.deepEqual([lines()[3]?.fields['alike'], clock.sleeping], [300, 0])
  log.error({ error: down() }, 'the database did not take it; trying again')
  assert.equal(said().at(-1), 'error: the database did not take it; trying again', 'the next one begins anew')
})

test('whatever is no trouble with the database is said each time, also while there is some', () => {
  const { log, said } = scene()
  log.warn({ err: down() }, 'first')
  for (let times = 0; times < 2; times++) {
    log.error({ error: new Error('a bug') }, 'a bug')
    log.warn({ err: new Refusal('telegram_unavailable') }, 'Telegram')
    log.info({}, 'news')
    log.warn({}, 'nothing with it')
  }
  const others = ['error: a bug', 'warn: Telegram', 'info: news', 'warn: nothing with it']
  assert.deepEqual(said(), ['warn: first', ...others, ...others])
})

test('at the end what was counted is said, and nobody is waited for', () => {
  const { clock, log, lines } = scene()
  for (let times = 0; times < 3; times++) log.warn({ err: down() }, 'again')
  log.end()
  assert.deepEqual([lines().length, lines().at(-1)?.fields['alike'], clock.sleeping], [2, 2, 0])
})
