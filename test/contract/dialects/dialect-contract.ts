import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Ask, type DialectHouse, dialectHouse } from '../../support/dialect-house.ts'
import type { DialectAdapter, Proof } from './adapter.ts'

export const PASSWORD = 'correct horse battery staple'

/** What holds in every dialect, whatever its words are. */
export function describeDialect(spoken: DialectAdapter): void {
  const { own } = spoken

  async function person(house: DialectHouse, login: string): Promise<Proof> {
    const { status, text } = await house.ask(spoken.register(login, PASSWORD))
    assert.ok(status < 400, `${login} cannot register: ${status} ${text}`)
    return await spoken.prove(house, login, PASSWORD)
  }

  async function linkedPerson(house: DialectHouse, login: string): Promise<Proof> {
    const proof = await person(house, login)
    if (spoken.link) await spoken.link(house, proof)
    return proof
  }

  async function texts(house: DialectHouse, proof: Proof): Promise<string[]> {
    const { status, json } = await house.ask(own.list(proof))
    assert.equal(status, 200)
    return own.texts(json)
  }

  async function make(house: DialectHouse, proof: Proof, text: string): Promise<unknown> {
    const told = await house.ask(own.make(proof, text, house))
    assert.ok(told.status < 300, told.text)
    return told.json
  }

  /** Asks, and holds that the refusal stored nothing. */
  async function refused(house: DialectHouse, ask: Ask) {
    const before = house.everything()
    const told = await house.ask(ask)
    assert.ok(told.status >= 400 && told.status < 500, `${ask.method} ${ask.url}: ${told.status} ${told.text}`)
    assert.equal(house.everything(), before, `${ask.method} ${ask.url} stored something`)
    return told
  }

  describe(spoken.name, () => {
    test('an account made there is one here, and the other way round', async (t) => {
      const house = await dialectHouse(t)
      await person(house, 'ann')
      const session = { login: 'ann', password: PASSWORD }
      assert.equal((await house.ask({ method: 'POST', url: '/v1/sessions', body: session })).status, 201)
      const body = { login: 'bob', password: PASSWORD, name: 'Bob' }
      assert.equal((await house.ask({ method: 'POST', url: '/v1/users', body })).status, 201)
      assert.deepEqual(await texts(house, await spoken.prove(house, 'bob', PASSWORD)), [])
    })

    test('a login that is taken, a password that is too short and one that is too long make no account', async (t) => {
      const house = await dialectHouse(t)
      await person(house, 'ann')
      for (const [login, password] of [
        ['ANN', PASSWORD],
        ['bob', '1234567'],
        ['bob', 'x'.repeat(257)],
        ['b', PASSWORD],
        ['бо́б', PASSWORD],
      ] as const) {
        await refused(house, spoken.register(login, password))
      }
      assert.equal((await house.store.listUsers({ limit: 9 })).length, 1)
    })

    test('each sees what is theirs, in order, and another sees none of it', async (t) => {
      const house = await dialectHouse(t)
      const [ann, bob] = [await linkedPerson(house, 'ann'), await linkedPerson(house, 'bob')]
      const made = await make(house, ann, 'of ann')
      await make(house, bob, 'of bob')
      await make(house, ann, 'of ann too')
      const wanted = spoken.order === 'oldest first' ? ['of ann', 'of ann too'] : ['of ann too', 'of ann']
      assert.deepEqual(await texts(house, ann), wanted)
      assert.deepEqual(await texts(house, bob), ['of bob'])
      if (!own.one) return
      assert.equal((await house.ask(own.one(ann, made))).status, 200)
      assert.equal((await refused(house, own.one(bob, made))).status, 404)
    })

    test('paths go with and without the slash at their end, and bodies as JSON and as forms', async (t) => {
      const house = await dialectHouse(t)
      const ways: Partial<Ask>[] = [{}, { form: 'urlencoded' }, { form: 'multipart' }]
      let count = 0
      for (const way of ways) {
        for (const turn of [(ask: Ask) => ask, otherForm]) {
          const login = `ann${++count}`
          const registered = await house.ask({ ...turn(spoken.register(login, PASSWORD)), ...way })
          assert.ok(registered.status < 400, registered.text)
          const proof = await spoken.prove(house, login, PASSWORD)
          if (spoken.link) await spoken.link(house, proof)
          const made = await house.ask({ ...turn(own.make(proof, 'a & b = ü 😀', house)), ...way })
          assert.ok(made.status < 300, made.text)
          assert.deepEqual(own.texts((await house.ask(turn(own.list(proof)))).json), ['a & b = ü 😀'])
        }
      }
    })

    test('credentials that prove nobody are refused, wherever credentials are asked for', async (t) => {
      const house = await dialectHouse(t)
      await linkedPerson(house, 'ann')
      for (const { proof, status, json, of } of spoken.wrong) {
        const asks = { make: own.make(proof, 'x', house), list: own.list(proof) }
        for (const ask of of === undefined ? Object.values(asks) : [asks[of]]) {
          const told = await refused(house, ask)
          assert.deepEqual([told.status, told.json], [status, json], JSON.stringify(proof))
        }
      }
    })

    test('guessing a password is slowed down', async (t) => {
      const house = await dialectHouse(t)
      await person(house, 'ann')
      let told = await house.ask(spoken.guess('ann', 'wrong password 0'))
      for (let i = 1; i < 15 && told.status !== 429; i++) {
        assert.ok(told.status >= 400, told.text)
        told = await house.ask(spoken.guess('ann', `wrong password ${i}`))
      }
      assert.equal(told.status, 429)
      assert.match(String(told.headers['retry-after']), /^\d+$/)
    })

    test('what is not as it should be is refused in its own words, and nothing is stored', async (t) => {
      const house = await dialectHouse(t)
      const ann = await linkedPerson(house, 'ann')
      for (const { fields, status, json } of spoken.bad) {
        const inBody = { ...own.make(ann, '', house), body: { ...ann.fields, ...fields } }
        const told = await refused(house, own.makeOf?.(ann, fields) ?? inBody)
        assert.deepEqual([told.status, told.json], [status, json], JSON.stringify(fields))
      }
      const json = { headers: { ...ann.headers, 'content-type': 'application/json' } }
      const form = { headers: { ...ann.headers, 'content-type': 'application/x-www-form-urlencoded' } }
      const { method, url } = own.make(ann, 'x', house)
      const nonsense = (own.inBody ?? true) ? ['[1]', '"text"'] : []
      for (const body of ['{', ...nonsense, '{"__proto__":1}', Buffer.from([0x22, 0xff, 0x22])]) {
        await refused(house, { method, url, body, ...json })
      }
      for (const body of ['%', 'a=%ff', Buffer.from([0xff])]) await refused(house, { method, url, body, ...form })
      const other = { method, url, body: 'x', headers: { ...ann.headers, 'content-type': 'text/csv' } }
      assert.equal((await refused(house, other)).status, 415)
      const large = { method, url, body: `"${'x'.repeat(600_000)}"`, ...json }
      assert.equal((await refused(house, large)).status, 413)
    })

    test('a page of another site can neither log a visitor in nor send', async (t) => {
      const house = await dialectHouse(t)
      await linkedPerson(house, 'ann')
      for (const ask of [spoken.guess('ann', PASSWORD), spoken.register('eve', PASSWORD)]) {
        const headers = { ...ask.headers, origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' }
        if (ask.headers?.['authorization'] === undefined) {
          assert.equal((await refused(house, { ...ask, headers, form: 'urlencoded' })).status, 403)
        }
      }
    })

    if (spoken.link) {
      test('a message goes to the chat of its sender, and to no other', async (t) => {
        const house = await dialectHouse(t)
        const [ann, bob] = [await person(house, 'ann'), await person(house, 'bob')]
        assert.ok(spoken.link)
        const { telegramChatId } = await spoken.link(house, ann)
        await spoken.link(house, bob)
        await make(house, ann, 'for me')
        const found = await house.store.findUserByLogin('ann')
        const peer = await house.store.findPeer('bot_shared', telegramChatId)
        assert.ok(found && peer)
        const [waiting] = await house.store.outbox.waiting(peer.id, 9)
        assert.deepEqual([waiting?.text, waiting?.userId], ['for me', found.user.id])
        assert.deepEqual(house.wakes.at(-1)?.peerId, peer.id)
      })

      test('who has linked no chat is told so, and nothing is stored', async (t) => {
        const house = await dialectHouse(t)
        const ann = await person(house, 'ann')
        const { status, json } = await refused(house, own.make(ann, 'too early', house))
        assert.deepEqual({ status, json }, spoken.unlinked)
        assert.deepEqual(await texts(house, ann), [])
      })
    }

    test('is not there when it is switched off', async (t) => {
      const house = await dialectHouse(t, { DIALECTS: 'off' })
      assert.equal((await house.ask(spoken.register('ann', PASSWORD))).status, 404)
      assert.ok(!house.document.tags.some(({ name }) => name === spoken.name))
    })
  })
}

/** The same with the slash at the end of its path, or without it. */
function otherForm(ask: Ask): Ask {
  const [path = '', query] = ask.url.split('?')
  const other = path.endsWith('/') ? path.slice(0, -1) : `${path}/`
  return { ...ask, url: query === undefined ? other : `${other}?${query}` }
}
