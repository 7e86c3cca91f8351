import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { DELIVERY_ERRORS } from '../src/domain/message.ts'
import { MESSAGE_STATUSES, TRANSITIONS } from '../src/domain/message-state.ts'
import { REFUSALS } from '../src/domain/refusals.ts'

function doc(name: string): string {
  return readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8')
}

function found(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match.slice(1).join(' ')).sort()
}

describe('docs/errors.md', () => {
  const text = doc('errors.md')

  test('explains each refusal of the catalogue, and no other', () => {
    assert.deepEqual(found(text, /^## (\w+)$/gm), Object.keys(REFUSALS).sort())
  })

  test('names the status of each refusal', () => {
    const coded = Object.entries(REFUSALS).map(([code, { status }]) => `${code} ${status}`)
    assert.deepEqual(found(text, /^## (\w+)\n\nStatus (\d+)\b/gm), coded.sort())
  })

  test('explains each delivery error, and no other', () => {
    assert.deepEqual(found(text, /^### (\w+)$/gm), Object.keys(DELIVERY_ERRORS).sort())
  })
})

describe('docs/state-machine.md', () => {
  const text = doc('state-machine.md')

  test('draws the table in the code', () => {
    const coded = Object.entries(TRANSITIONS).flatMap(([from, on]) =>
      Object.entries(on).map(([event, to]) => `${from} ${to} ${event}`),
    )
    assert.deepEqual(found(text, /^ {2}(\w+) --> (\w+): (\S+)$/gm), coded.sort())
  })

  test('says what each state means', () => {
    assert.deepEqual(found(text, /^\| `(\w+)` \|/gm), [...MESSAGE_STATUSES].sort())
  })
})
