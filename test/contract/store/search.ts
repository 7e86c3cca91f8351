import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { MessageSearch } from '../../../src/store/store.ts'
import { type Given, given, NOW, type OpenStore } from './given.ts'

const MINUTE = 60_000
const ALL = { limit: 100, order: 'asc', nowMs: NOW, lookThrough: 1000 } as const

export function describeSearch(open: OpenStore): void {
  describe('a search in the history', () => {
    test('finds messages by when they were accepted, the beginning of a span included and its end not', async (t) => {
      const here = await given(open, t)
      const { user } = await here.linkedUser()
      for (const minute of [0, 1, 4, 5, 6, 30]) await accepted(here, user, String(minute), NOW + minute * MINUTE)
      const span = (since?: number, until?: number): Partial<MessageSearch> => ({
        ...(since !== undefined && { sinceMs: NOW + since * MINUTE }),
        ...(until !== undefined && { untilMs: NOW + until * MINUTE }),
      })
      const cases: [Partial<MessageSearch>, string[]][] = [
        [span(1, 6), ['1', '4', '5']],
        [span(6), ['6', '30']],
        [span(undefined, 4), ['0', '1']],
        [span(6.01, 29.99), []],
        [span(5, 5), []],
        [span(6, 1), []],
        [span(31), []],
        [span(undefined, -1), []],
        [span(-1_000_000, 1_000_000), ['0', '1', '4', '5', '6', '30']],
      ]
      for (const [search, expected] of cases) {
        assert.deepEqual(await texts(here, user.id, { ...ALL, ...search }), expected)
        const newestFirst = await texts(here, user.id, { ...ALL, ...search, order: 'desc' })
        assert.deepEqual(newestFirst, expected.toReversed())
      }
    })

    test('finds them by time also when the clock was set back, and when it stood in another year', async (t) => {
      const here = await given(open, t)
      const { user } = await here.linkedUser()
      for (const [text, at] of [
        ['before', NOW],
        ['1970', 5000],
        ['set back', NOW - 10 * MINUTE],
        ['after', NOW + 10 * MINUTE],
      ] as const) {
        await accepted(here, user, text, at)
      }
      const found = (sinceMs: number, untilMs: number) => texts(here, user.id, { ...ALL, sinceMs, untilMs })
      assert.deepEqual(await found(NOW - 15 * MINUTE, NOW), ['set back'])
      assert.deepEqual(await found(NOW - 15 * MINUTE, NOW + 1), ['before', 'set back'])
      assert.deepEqual(await found(0, MINUTE), ['1970'])
    })

    test('finds a text anywhere, ignoring case in English, in Russian and in Greek, whose letters have more than two forms', async (t) => {
      const here = await given(open, t)
      const { user } = await here.linkedUser()
      const all = [
        'The Backup is done.',
        'Ёжик: РЕЗЕРВНАЯ копия\nготова',
        '100% [sure] a*b?c ^_^ \\d',
        'naïve ÀÉ ß',
        '',
        'ΟΔΟΣ ϰ',
      ]
      for (const text of all) await accepted(here, user, text, NOW)
      const cases: [string, number[]][] = [
        ['backup', [0]],
        ['BACKUP IS', [0]],
        ['ёЖИК', [1]],
        ['резервная КОПИЯ', [1]],
        ['копия\nГотова', [1]],
        ['0% [SURE]', [2]],
        ['a*b', [2]],
        ['A*C', []],
        ['b?c', [2]],
        ['^_^', [2]],
        ['\\D', [2]],
        ['.', [0]],
        ['àé', [3]],
        ['ß', [3]],
        ['οδος κ', [5]],
        ['οδοσ Κ', [5]],
        ['ς ϰ', [5]],
        ['[', [2]],
        [']', [2]],
        ['backup is done.!', []],
        ["' or 1=1 --", []],
      ]
      for (const [text, expected] of cases) {
        assert.deepEqual(
          await texts(here, user.id, { ...ALL, text }),
          expected.map((at) => all[at]),
          text,
        )
      }
    })

    test('finds each piece of any text, in its case and in others', async (t) => {
      const here = await given(open, t)
      const { user } = await here.linkedUser()
      const storable = fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
        .filter((text) => !text.includes('\0'))
      await fc.assert(
        fc.asyncProperty(storable, fc.nat(), fc.nat({ max: 8 }), async (text, from, length) => {
          const { id } = await accepted(here, user, text, NOW)
          const characters = Array.from(text)
          const begin = from % characters.length
          const piece = characters.slice(begin, begin + length + 1)
          const others = piece.map((one) => {
            const other = one.toUpperCase() === one ? one.toLowerCase() : one.toUpperCase()
            return Array.from(other).length === 1 ? other : one
          })
          for (const wanted of [piece.join(''), others.join('')]) {
            const { found } = await here.store.searchMessages(user.id, { ...ALL, order: 'desc', text: wanted })
            assert.ok(found.some((message) => message.id === id))
          }
        }),
        { numRuns: 60 },
      )
    })

    test('looks through no more messages than it is told, and goes on from where it ended', async (t) => {
      const here = await given(open, t)
      const [ann, bob] = [await here.linkedUser(), await here.linkedUser()]
      for (let at = 0; at < 20; at++) {
        await accepted(here, ann.user, at % 9 === 0 ? `needle ${at}` : 'hay', NOW)
        await accepted(here, bob.user, 'needle', NOW)
      }
      for (const order of ['asc', 'desc'] as const) {
        const stretches: string[][] = []
        let afterId: string | undefined
        do {
          const search = { ...ALL, order, text: 'needle', lookThrough: 6, ...(afterId !== undefined && { afterId }) }
          const { found, lookedThroughId } = await here.store.searchMessages(ann.user.id, search)
          stretches.push(found.map(({ text }) => text))
          afterId = lookedThroughId
        } while (afterId !== undefined)
        const expected = [['needle 0'], ['needle 9'], [], ['needle 18']]
        const newestFirst = [['needle 18'], ['needle 9'], [], ['needle 0']]
        assert.deepEqual(stretches, order === 'asc' ? expected : newestFirst)
      }
    })

    test('keeps to the state, the chat and the user that are asked for', async (t) => {
      const here = await given(open, t)
      const { user, chat } = await here.linkedUser()
      const other = await here.link(user, await here.peer(), NOW + 1)
      const stranger = await here.linkedUser()
      const first = await here.accept(user, { text: 'needle 1', chatId: chat.id })
      await here.accept(user, { text: 'needle 2', chatId: other.id })
      await here.accept(stranger.user, { text: 'needle 3' })
      await here.send(first.id, { event: 'deliver', telegramMessageId: 1 })
      const found = (search: Partial<MessageSearch>) => texts(here, user.id, { ...ALL, text: 'NEEDLE', ...search })
      assert.deepEqual(await found({}), ['needle 1', 'needle 2'])
      assert.deepEqual(await found({ status: 'delivered' }), ['needle 1'])
      assert.deepEqual(await found({ chatId: other.id }), ['needle 2'])
      assert.deepEqual(await found({ chatId: other.id, status: 'failed' }), [])
      assert.deepEqual(await found({ chatId: stranger.chat.id }), [])
      assert.deepEqual(await found({ limit: 1 }), ['needle 1'])
    })
  })
}

async function accepted(here: Given, user: Parameters<Given['accept']>[0], text: string, nowMs: number) {
  return await here.accept(user, { text, nowMs })
}

async function texts({ store }: Given, userId: string, search: MessageSearch): Promise<string[]> {
  const { found } = await store.searchMessages(userId, search)
  return found.map(({ text }) => text)
}
