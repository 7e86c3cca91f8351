import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GroupCommit, type GroupCommitOptions } from '../../src/store/group-commit.ts'
import { commitTogether, type Outcome, type CommitTogetherOptions } from '../../src/store/commit-together.ts'

type Work = { add: { input: number; output: number }; shout: { input: string; output: string } }

/** A transaction that a test ends by hand; what it wrote counts when it is committed. */
class Database {
  readonly committed: string[][] = []
  readonly #ends: ((error?: Error) => void)[] = []

  async transaction<T>(work: (log: string[]) => Promise<T>): Promise<T> {
    const log: string[] = []
    const result = await work(log)
    await new Promise<void>((resolve, reject) =>
      this.#ends.push((error) => {
        if (error) return reject(error)
        this.committed.push(log)
        resolve()
      }),
    )
    return result
  }

  /** Ends the transaction that is open, once there is one. */
  async end(error?: Error): Promise<void> {
    while (this.#ends.length === 0) await new Promise((resolve) => setImmediate(resolve))
    this.#ends.shift()?.(error)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const even = (n: number): Outcome<number> =>
  n % 2 === 0 ? { ok: true, value: n * 10 } : { ok: false, error: new Error(`${n} is odd`) }

function open(options: { maxSize?: number; onCommit?: (size: number) => void } = {}) {
  const database = new Database()
  const shared: CommitTogetherOptions<string[], Work> = {
    transaction: (work) => database.transaction(work),
    handlers: {
      async shout(log, words) {
        log.push(...words)
        return words.map((word) => ({ ok: true, value: word.toUpperCase() }))
      },
      async add(log, numbers) {
        if (numbers.includes(13)) throw new Error('13 breaks everything')
        log.push(...numbers.map(String))
        return numbers.map(even)
      },
    },
    mayBeOnesFault: (error) => error instanceof Error && error.message.startsWith('13'),
    ...(options.onCommit && { onCommit: options.onCommit }),
  }
  const commit: GroupCommitOptions['commit'] = (jobs) => commitTogether(shared, jobs)
  const group = new GroupCommit<Work>({ commit, maxSize: options.maxSize ?? 100, atOnce: 1 })
  return { database, group }
}

describe('group commit', () => {
  test('what arrives during a commit goes together in the next one', async () => {
    const sizes: number[] = []
    const { database, group } = open({ onCommit: (size) => sizes.push(size) })
    const first = [group.submit('add', 2), group.submit('add', 4)]
    while (database.committed.length === 0) await database.end()
    const later = [group.submit('add', 6)]
    await new Promise((resolve) => setImmediate(resolve))
    later.push(group.submit('add', 8), group.submit('add', 10))
    await database.end()
    await database.end()
    assert.deepEqual(await Promise.all([...first, ...later]), [20, 40, 60, 80, 100])
    assert.deepEqual(database.committed, [['2', '4'], ['6'], ['8', '10']])
    assert.deepEqual(sizes, [2, 1, 2])
  })

  test('a promise resolves after its commit, not before', async () => {
    const { database, group } = open()
    let done = false
    const work = group.submit('add', 2).then(() => (done = true))
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(done, false)
    await database.end()
    assert.equal(await work, true)
  })

  test('one refusal leaves its neighbours alone', async () => {
    const { database, group } = open()
    const all = Promise.allSettled([2, 3, 4].map((n) => group.submit('add', n)))
    await database.end()
    assert.deepEqual(
      (await all).map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
  })

  test('a piece that breaks the transaction breaks alone', async () => {
    const { database, group } = open()
    const all = Promise.allSettled([2, 13, 4].map((n) => group.submit('add', n)))
    await database.end()
    await database.end()
    assert.deepEqual(
      (await all).map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    assert.deepEqual(database.committed, [['2'], ['4']])
  })

  test('a commit that fails rejects all of it, and the next one works', async () => {
    const { database, group } = open()
    const all = Promise.allSettled([group.submit('add', 2), group.submit('shout', 'a')])
    await database.end(new Error('the disk is full'))
    for (const result of await all) assert.ok(result.status === 'rejected' && /full/.test(String(result.reason)))
    const next = group.submit('add', 4)
    await database.end()
    assert.equal(await next, 40)
    assert.deepEqual(database.committed, [['4']])
  })

  test('work of one kind keeps its order, and kinds go one after the other', async () => {
    const { database, group } = open()
    const all = [group.submit('add', 2), group.submit('shout', 'a'), group.submit('add', 4), group.submit('shout', 'b')]
    await database.end()
    assert.deepEqual(await Promise.all(all), [20, 'A', 40, 'B'])
    assert.deepEqual(database.committed, [['a', 'b', '2', '4']])
  })

  test('a transaction has a bound', async () => {
    const { database, group } = open({ maxSize: 3 })
    const all = Promise.all(Array.from({ length: 8 }, (_, i) => group.submit('add', 2 * i)))
    for (let i = 0; i < 3; i++) await database.end()
    assert.equal((await all).length, 8)
    assert.deepEqual(
      database.committed.map((log) => log.length),
      [3, 3, 2],
    )
  })

  test('is idle when everything is committed', async () => {
    const { database, group } = open()
    await group.idle()
    let idle = false
    void group.submit('add', 2)
    const waiting = group.idle().then(() => (idle = true))
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(idle, false)
    await database.end()
    await waiting
    assert.equal(database.committed.length, 1)
  })
})
