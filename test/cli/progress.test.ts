import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { describe, test } from 'node:test'
import type { Io } from '../../src/cli/io.ts'
import { showProgress, withProgress } from '../../src/cli/progress.ts'

function outputs(isTTY: boolean) {
  let written = ''
  const collected = new Writable({
    write(chunk, _encoding, done) {
      written += String(chunk)
      done()
    },
  })
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), Object.assign(collected, { isTTY })]
  const signals = new EventEmitter()
  const io: Io = { env: {}, stdin, stdout, stderr, signals, exit: () => assert.fail('it ended by itself') }
  return { io, signals, said: () => written }
}

describe('progress', () => {
  test('on a terminal is one line that is drawn anew when the number changes, and goes away at the end', () => {
    const { io, said } = outputs(true)
    const progress = showProgress(io, 'Exporting', 'rows')
    for (const done of [0, 1, 500, 501, 1000]) progress.reach(done, 1000)
    progress.end()
    assert.deepEqual(said().split('\r').slice(1), [
      'Exporting [------------------------------] 0 % (0 of 1,000 rows)\u001B[K',
      'Exporting [###############---------------] 50 % (500 of 1,000 rows)\u001B[K',
      'Exporting [##############################] 100 % (1,000 of 1,000 rows)\u001B[K',
      '\u001B[K',
    ])
  })

  test('elsewhere is a plain line for each tenth of a long way, and nothing of a short one', () => {
    const { io, said } = outputs(false)
    const long = showProgress(io, 'Exporting', 'rows')
    for (let done = 5000; done <= 20_000; done += 1000) long.reach(done, 20_000)
    const short = showProgress(io, 'Exporting', 'rows')
    short.reach(9999, 9999)
    short.end()
    const lines = said().trimEnd().split('\n')
    assert.equal(lines[0], 'Exporting: 25 % (5,000 of 20,000 rows)')
    assert.equal(lines.at(-1), 'Exporting: 100 % (20,000 of 20,000 rows)')
    assert.equal(lines.length, 9)
  })

  test('of nothing is done', () => {
    const { io, said } = outputs(true)
    showProgress(io, 'Exporting', 'rows').reach(0, 0)
    assert.match(said(), /100 % \(0 of 0 rows\)/)
  })

  test('Ctrl-C rejects the work at its next step, in one sentence, and nobody listens to signals after it', async () => {
    const { io, signals } = outputs(true)
    const working = withProgress(io, ['Exporting', 'rows'], async (reach) => {
      reach(1, 3)
      signals.emit('SIGINT', 'SIGINT')
      reach(2, 3)
    })
    await assert.rejects(working, /It was stopped before its end, and nothing was kept/)
    assert.equal(signals.listenerCount('SIGINT'), 0)
  })
})
