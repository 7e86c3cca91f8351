import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DELIVERY_ERRORS } from '../../src/domain/message.ts'
import { messageText } from '../../src/domain/message-text.ts'
import { REASON_CODES, REASONS } from '../../src/domain/reasons.ts'
import { REFUSALS } from '../../src/domain/refusals.ts'
import { HEADINGS } from '../../web/src/pages/account/heading.ts'
import { EN } from '../../web/src/texts/en/all.ts'
import { RU } from '../../web/src/texts/ru/all.ts'

type Texts = Record<string, Record<string, string>>
const EN_TEXTS: Texts = EN
const RU_TEXTS: Texts = RU

const PLURAL = /_(one|few|many|other)$/

/** `home:stepChatDone` for each of its forms, with what can be filled in. */
function sentencesOf(texts: Texts): Map<string, { forms: string[]; blanks: Set<string> }> {
  const sentences = new Map<string, { forms: string[]; blanks: Set<string> }>()
  for (const [namespace, keys] of Object.entries(texts)) {
    for (const [key, text] of Object.entries(keys)) {
      const name = `${namespace}:${key.replace(PLURAL, '')}`
      const sentence = sentences.get(name) ?? { forms: [], blanks: new Set() }
      sentences.set(name, sentence)
      sentence.forms.push(PLURAL.exec(key)?.[1] ?? 'only')
      for (const [, blank = ''] of text.matchAll(/\{\{(\w+)\}\}/g)) sentence.blanks.add(blank)
    }
  }
  return sentences
}

/** Words that are the same in Russian. */
const NO_RUSSIAN = new Set(['operator:telegram'])

describe('the sentences of the page', () => {
  const [en, ru] = [sentencesOf(EN_TEXTS), sentencesOf(RU_TEXTS)]

  test('are the same ones in both languages, and take the same things', () => {
    assert.ok(en.size > 300, `${en.size} sentences were looked at`)
    assert.deepEqual([...ru.keys()].toSorted(), [...en.keys()].toSorted())
    for (const [name, { blanks }] of en) assert.deepEqual(ru.get(name)?.blanks, blanks, name)
  })

  test('have every plural form of their language, and only where the other has', () => {
    for (const [name, { forms }] of en) {
      const isPlural = forms[0] !== 'only'
      assert.deepEqual(forms.toSorted(), isPlural ? ['one', 'other'] : ['only'], name)
      const russian = isPlural ? ['few', 'many', 'one', 'other'] : ['only']
      assert.deepEqual(ru.get(name)?.forms.toSorted(), russian, name)
    }
  })

  test('are written in their language', () => {
    for (const [namespace, keys] of Object.entries(EN_TEXTS)) {
      for (const [key, text] of Object.entries(keys)) {
        const name = `${namespace}:${key}`
        assert.match(text, /[A-Za-z]/, name)
        assert.doesNotMatch(text, /[а-яё]/i, name)
      }
    }
    for (const [namespace, keys] of Object.entries(RU_TEXTS)) {
      for (const [key, text] of Object.entries(keys)) {
        const name = `${namespace}:${key}`
        if (!NO_RUSSIAN.has(name)) assert.match(text, /[а-яё]/i, name)
      }
    }
  })

  test('say hello without anything that a shell or a program could take for its own', () => {
    for (const { tokens } of [EN_TEXTS, RU_TEXTS]) assert.match(tokens?.['hello'] ?? '', /^[\p{L} ]+$/u)
  })
})

test('every reason that the program can give has a sentence, and no sentence is about another', () => {
  // How a message ended is told by the sentences about messages.
  const met = REASON_CODES.filter((code) => !(code in DELIVERY_ERRORS))
  assert.deepEqual(Object.keys(EN.reasons).toSorted(), met.toSorted())
  assert.deepEqual(Object.keys(RU.reasons).toSorted(), met.toSorted())
  for (const code of Object.keys(DELIVERY_ERRORS)) assert.ok(`failure_${code}` in EN.messages, code)
  // What was said by others is quoted behind it; all else that is filled in stands in it.
  for (const code of met) {
    const blanks = Array.from(REASONS[code].matchAll(/\{(\w+)\}/g), ([, name]) => name).filter(
      (name) => name !== 'said',
    )
    for (const blank of blanks) assert.ok(EN_TEXTS['reasons']?.[code]?.includes(`{{${blank}}}`), `${code}: ${blank}`)
  }
})

/** What the page never does: another method, another type of body, one key for two wishes. */
const NEVER_MET = new Set(['method_not_allowed', 'media_type_unsupported', 'idempotency_conflict'])

/** What is no refusal of the program: no answer, a mistake of the page, and what begins a sentence about an unknown one. */
const OF_THE_PAGE = ['bug', 'offline', 'refused', 'too_many_requests_for']

test('every refusal that the page can meet has a sentence, and no sentence is about another', () => {
  const told = new Set(Object.keys(EN.problems).map((key) => key.replace(PLURAL, '')))
  const met = Object.keys(REFUSALS).filter((code) => !NEVER_MET.has(code))
  assert.deepEqual([...told].toSorted(), [...met, ...OF_THE_PAGE].toSorted())
})

test('the account page shows the heading that messages really get', () => {
  for (const locale of ['en', 'ru'] as const) {
    for (const name of ['Ann', 'Ёлка & <b>', '']) {
      assert.equal(`${HEADINGS[locale](name)}\nhello`, messageText({ name, locale, text: 'hello' }))
    }
  }
})
