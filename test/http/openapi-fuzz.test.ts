/**
 * Asks every operation of our own OpenAPI document, ours and those of every dialect, with requests that are made out of its schemas.
 *
 * Of what npm has, `json-schema-faker` makes the values: it is kept, reads JSON Schema 2020-12 as OpenAPI 3.1 has it, is seeded, and
 * needs no other package and no network. `openapi-fuzzer-core` reads Swagger 2 and has been left alone for years; `portman` reads 3.1, but
 * only turns it into a Postman collection for a runner with hundreds of packages, which cannot see what was stored. Fast-check chooses
 * and spoils, and prints the seed of what failed.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { dialectHouse } from '../support/dialect-house.ts'
import { peopleIn, withFacts } from '../support/openapi-facts.ts'
import { anyChoices, askOf, type Choices, fits, operationsOf, sampleOf } from '../support/openapi-samples.ts'
import { anySpoiling, spoiled } from '../support/openapi-spoiling.ts'

const EXTREMES: [Choices][] = [
  [{ seed: 1, optionals: 1, lengths: 'longest', letters: '😀👩‍👩‍👧', accept: 'text/html', mediaType: 0 }],
  [{ seed: 2, optionals: 0, lengths: 'shortest', letters: ' \n', accept: '*/*', mediaType: 1 }],
]

describe('every operation of the OpenAPI document', () => {
  test('takes what fits its schemas', async (t) => {
    const house = await dialectHouse(t)
    house.sandbox.control.configureRates({ profile: 'off' })
    const people = peopleIn(house)
    // Some clients have a way to ask for what is never given here.
    const taking = operationsOf(house.document).filter(({ good }) => good.length > 0)
    for (const operation of taking) {
      await t.test(operation.name, async () => {
        const met = new Set<number>()
        const taken = fc.asyncProperty(anyChoices, async (choices) => {
          const sample = sampleOf(house.document, operation, choices)
          fc.pre(sample !== undefined)
          const [person] = await people.two()
          const ask = askOf(operation, await withFacts(person, operation.name, sample))
          const headers = { ...(!operation.open && person.headers), ...ask.headers }
          const { status, text } = await house.ask({ ...ask, headers })
          if (operation.method !== 'GET') people.changed()
          met.add(status)
          const what = `${JSON.stringify(ask).slice(0, 1000)}: ${status} ${text}`
          assert.ok(operation.good.includes(status), `it fits the document, and is refused: ${what}`)
        })
        await fc.assert(taken, { numRuns: 6, examples: EXTREMES })
        assert.deepEqual(
          [...met].sort((a, b) => a - b),
          operation.good,
          'a good answer of the document never came',
        )
      })
    }
  })

  test('refuses what was spoiled as the document says, stores nothing then, and gives nobody what is another’s', async (t) => {
    const house = await dialectHouse(t)
    house.sandbox.control.configureRates({ profile: 'off' })
    const people = peopleIn(house)
    for (const operation of operationsOf(house.document)) {
      await t.test(operation.name, async () => {
        const holds = fc.asyncProperty(anyChoices, spoilings, askers, async (choices, how, asker) => {
          const good = sampleOf(house.document, operation, choices)
          fc.pre(good !== undefined)
          const [ann, bob] = await people.two()
          const known = await withFacts(ann, operation.name, good)
          const { sample, ask } = spoiled(operation, known, how)
          const [before, hers] = [house.everything(), house.everything(ann.id)]
          const proof = { ann: ann.headers, bob: bob.headers, stranger: {} }[asker]
          const { status, text } = await house.ask({
            ...ask,
            headers: { ...ask.headers, ...proof },
            from: newAddress(),
          })
          if (status < 400 && ask.method !== 'GET') people.changed()
          const what = `${asker}: ${JSON.stringify(ask).slice(0, 1000)}: ${status} ${text}`
          if (status >= 400) assert.equal(house.everything(), before, `a refusal stored something: ${what}`)
          if (operation.open || ask.method !== operation.method) return
          // A browser is led to the documentation, whoever sits before it.
          const isNothing = status >= 400 || (status === 302 && text === '')
          if (asker === 'stranger') assert.ok(isNothing, what)
          if (asker === 'bob') {
            const namesHers = Object.keys(known.path).length > 0 && sample.path === known.path
            assert.ok(isNothing || !namesHers, `it is not his: ${what}`)
            assert.ok(!text.includes(ann.id) && !text.includes(ann.chatId), `it is not his: ${what}`)
            assert.equal(house.everything(ann.id), hers, `it is not his: ${what}`)
          }
          const strict = operation.path.startsWith('/v1/') && how.every(({ sent }) => sent === undefined)
          const fitting = !strict || fits(house.document, operation, { ...good, body: sample.body })
          assert.ok(fitting || status >= 400, `it does not fit the document, and is taken: ${what}`)
        })
        await fc.assert(holds, { numRuns: 20 })
      })
    }
  })
})

const spoilings = fc.array(anySpoiling, { minLength: 1, maxLength: 2 })
/** Ann is whose everything is that a request names. */
const askers = fc.constantFrom<('ann' | 'bob' | 'stranger')[]>('ann', 'ann', 'bob', 'stranger')

let addresses = 0
/** Guesses of one network would soon be slowed down, and nothing else would be seen. */
function newAddress(): string {
  addresses++
  return `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`
}
