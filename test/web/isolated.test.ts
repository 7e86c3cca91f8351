import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createInstance } from 'i18next'
import { EN } from '../../web/src/texts/en/all.ts'
import { INTERPOLATION, isolated } from '../../web/src/texts/isolated.ts'

describe('what somebody else wrote, in a sentence of ours', () => {
  test('turns nothing around it, whatever controls it holds', () => {
    for (const hostile of ['‮evil', '⁦⁦x', '⁩‮x', '‫a‬']) {
      const said = isolated(hostile)
      assert.match(said, /^\u2068[^\u202a-\u202e\u2066-\u2069]*\u2069$/, JSON.stringify(hostile))
    }
    assert.equal(isolated('אנה'), '⁨אנה⁩')
    assert.equal(isolated('آنا'), '⁨آنا⁩')
  })

  test('stays as it is when it runs as ours does', () => {
    for (const name of ['Ann', 'Ёлка & <b>', '安娜', '👩‍👩‍👧', '']) assert.equal(isolated(name), name)
  })

  test('is isolated wherever a sentence takes it in', async () => {
    const i18next = createInstance({ lng: 'en', resources: { en: EN }, interpolation: INTERPOLATION })
    await i18next.init()
    assert.equal(i18next.t('hello', { ns: 'home', name: '‮nnA' }), 'Hello, ⁨nnA⁩.')
    assert.equal(i18next.t('hello', { ns: 'home', name: 'A & "B" <i>' }), 'Hello, A & "B" <i>.')
  })
})
