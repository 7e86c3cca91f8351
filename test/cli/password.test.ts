import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { UsageError } from '../../src/cli/failure.ts'
import type { Io } from '../../src/cli/io.ts'
import { confirm, newPassword } from '../../src/cli/password.ts'
import { OperatorError } from '../../src/domain/operator-error.ts'

/** A terminal on which somebody answers each question as it comes. */
function terminal(answers: readonly string[]) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true as const, setRawMode: () => stdin })
  const stderr = new PassThrough()
  const rest = [...answers]
  let shown = ''
  stderr.on('data', (chunk: Buffer) => {
    shown += chunk.toString()
    if (/[:)] $/.test(chunk.toString())) stdin.write(rest.shift() ?? '')
  })
  const io: Io = {
    env: {},
    stdin,
    stdout: new PassThrough(),
    stderr,
    signals: new EventEmitter(),
    exit: () => assert.fail(),
  }
  return { io, shown: () => shown }
}

test('on a terminal the password is asked for twice and never shown', async () => {
  const { io, shown } = terminal(['correct horse\r', 'correct horse\r'])
  assert.equal(await newPassword(io, false), 'correct horse')
  assert.equal(shown(), 'New password: \nThe same again: \n')
})

test('a typing error changes nothing', async () => {
  await assert.rejects(newPassword(terminal(['correct horse\r', 'correct house\r']).io, false), OperatorError)
})

test('Ctrl-C at the question changes nothing', async () => {
  await assert.rejects(newPassword(terminal(['corr\u0003']).io, false), /Nothing was changed/)
})

test('from standard input it is the first line, whatever ends it', async () => {
  for (const input of ['pässword 1', 'pässword 1\n', 'pässword 1\r\nmore']) {
    const { io } = terminal([])
    Object.assign(io.stdin, { isTTY: false })
    ;(io.stdin as PassThrough).end(input)
    assert.equal(await newPassword(io, true), 'pässword 1')
  }
})

test('without a terminal there is nobody to ask', async () => {
  const { io } = terminal([])
  Object.assign(io.stdin, { isTTY: false })
  await assert.rejects(newPassword(io, false), UsageError)
  await assert.rejects(confirm(io, 'Sure?'), UsageError)
})

test('only a yes is a yes', async () => {
  for (const [answer, meant] of [
    ['yes\r', true],
    ['Y\r', true],
    ['\r', false],
    ['no\r', false],
    ['yesterday\r', false],
  ] as const) {
    assert.equal(await confirm(terminal([answer]).io, 'Sure?'), meant, answer)
  }
})
