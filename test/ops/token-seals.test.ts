import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createTokenSeals } from '../../src/ops/token-seals.ts'

const [OLD, NEW] = ['the key of the first year, long', 'the key of the second year, long']
const TOKEN = '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11'
const BOT = 123_456

const first = createTokenSeals({ secretKey: OLD, previousKey: null })

describe('a sealed token', () => {
  test('opens for its bot and with its key, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.maxSafeNat(), (token, bot) => {
        assert.equal(first.open(first.seal(token, bot), bot), token)
      }),
    )
  })

  test('says nothing of the token, and is another text each time', () => {
    const sealed = Array.from({ length: 100 }, () => first.seal(TOKEN, BOT))
    assert.equal(new Set(sealed).size, 100)
    for (const text of sealed) {
      assert.match(text, /^v1\.[0-9a-f]{16}\.[\w-]{16}\.[\w-]+$/)
      assert.ok(!text.includes(TOKEN.slice(7)))
    }
  })

  test('opens for no other bot: a row cannot be put in the place of another', () => {
    const sealed = first.seal(TOKEN, BOT)
    for (const other of [BOT + 1, 0, -BOT, 12_345, 1_234_567]) assert.equal(first.open(sealed, other), undefined)
  })

  test('with any character exchanged, left out or added opens nothing', () => {
    const sealed = first.seal(TOKEN, BOT)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ '
    for (let place = 0; place <= sealed.length; place++) {
      const [head, here, tail] = [sealed.slice(0, place), sealed.charAt(place), sealed.slice(place + 1)]
      if (here !== '') assert.equal(first.open(head + tail, BOT), undefined, `without ${place}`)
      for (const other of alphabet) {
        assert.equal(first.open(head + other + here + tail, BOT), undefined, `${other} before ${place}`)
        if (other !== here) assert.equal(first.open(head + other + tail, BOT), undefined, `${other} at ${place}`)
      }
    }
  })

  test('with any bit of its bytes flipped opens nothing', () => {
    const [version, mark, nonce = '', rest = ''] = first.seal(TOKEN, BOT).split('.')
    const flipped = (part: string, bit: number): string => {
      const bytes = Buffer.from(part, 'base64url')
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      return bytes.toString('base64url')
    }
    for (let bit = 0; bit < 96; bit++) {
      assert.equal(first.open([version, mark, flipped(nonce, bit), rest].join('.'), BOT), undefined)
    }
    for (let bit = 0; bit < (TOKEN.length + 16) * 8; bit++) {
      assert.equal(first.open([version, mark, nonce, flipped(rest, bit)].join('.'), BOT), undefined)
    }
  })

  test('nonsense opens nothing', () => {
    fc.assert(fc.property(fc.string(), (text) => assert.equal(first.open(text, BOT), undefined)))
  })
})

describe('a key that is changed', () => {
  const both = createTokenSeals({ secretKey: NEW, previousKey: OLD })
  const second = createTokenSeals({ secretKey: NEW, previousKey: null })

  test('with the one before at hand, what that sealed opens, and is told apart', () => {
    const old = first.seal(TOKEN, BOT)
    assert.equal(both.open(old, BOT), TOKEN)
    assert.deepEqual([first.isCurrent(old), both.isCurrent(old)], [true, false])
  })

  test('what is sealed from then on needs the new key alone', () => {
    const sealed = both.seal(TOKEN, BOT)
    assert.deepEqual([both.isCurrent(sealed), second.open(sealed, BOT)], [true, TOKEN])
  })

  test('with the one before lost, what that sealed opens nothing', () => {
    assert.equal(second.open(first.seal(TOKEN, BOT), BOT), undefined)
  })

  test('a mark of the other key in front does not make it open', () => {
    const old = first.seal(TOKEN, BOT)
    const mark = both.seal(TOKEN, BOT).split('.')[1] ?? ''
    assert.equal(both.open(old.replace(/\.[0-9a-f]{16}\./, `.${mark}.`), BOT), undefined)
  })
})
