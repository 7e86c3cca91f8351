import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SCOPES } from '../../src/domain/account.ts'
import { newId, randomText } from '../../src/domain/ids.ts'
import { createSecrets } from '../../src/ops/secrets.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { systemRandom } from '../../src/ops/system-random.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { createApiToken } from '../../src/usecases/create-api-token.ts'
import type { Bench } from '../benchmark.ts'

const parts = { clock: systemClock, random: systemRandom }

export interface Account {
  userId: string
  authorization: string
  chatId: string
  peerId: number
  telegramChatId: number
}

/** A folder for one benchmark; removed at its end. */
export function benchFolder(bench: Pick<Bench, 'after'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'postrider bench '))
  bench.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Who is in a database. */
export interface Inhabitants {
  botId: string
  accounts: Account[]
}

/** A bot and people of a Telegram. */
export interface Inhabited {
  botTelegramId: number
  people: readonly number[]
}

/** A SQLite database with the shared bot and an account for each person, each linked to its private chat. */
export async function makeDatabase(file: string, telegram: Inhabited): Promise<Inhabitants> {
  const store = await openSqliteStore({ file })
  try {
    await store.migrate()
    return await inhabit(store, telegram)
  } finally {
    await store.close()
  }
}

/** Puts the shared bot and an account for each person in, each linked to its private chat. */
export async function inhabit(store: Store, telegram: Inhabited): Promise<Inhabitants> {
  const { botTelegramId: telegramBotId } = telegram
  const bot = { id: newId('bot', parts), telegramBotId, username: 'bench_bot', name: 'Bench' }
  const { id: botId } = await store.saveSharedBot(bot)
  const create = createApiToken({ store, secrets: createSecrets('unused: tokens are hashed without it'), ...parts })
  const accounts = telegram.people.map(async (telegramChatId, index): Promise<Account> => {
    const nowMs = systemClock.now()
    const userId = newId('usr', parts)
    const login = `bench-${index}-${randomText(systemRandom, 6)}`
    const user = await store.createUser({ id: userId, login, passwordHash: '-', name: 'Ann', locale: 'en', nowMs })
    const given = { name: 'bench', scopes: SCOPES, expiresAtMs: null }
    const { secret } = await create({ user, via: 'basic', scopes: SCOPES }, given)
    const peer = await store.savePeer(botId, { telegramChatId, type: 'private', title: null, username: null })
    const chat = await store.linkChat({ id: newId('cht', parts), userId, peerId: peer.id, nowMs })
    return { userId, authorization: `Bearer ${secret}`, chatId: chat.id, peerId: peer.id, telegramChatId }
  })
  return { botId, accounts: await Promise.all(accounts) }
}

export const TEXT = 'The backup of the database is done: 1,234 files, 5.6 GB, 78 seconds. Nothing to do for you.'

/** Inserts messages by bare SQL, in turn for each account. */
export class MessageInserter {
  readonly database: DatabaseSync
  readonly #insert
  readonly #accounts: readonly Account[]
  readonly #botId: string
  #seq: number

  constructor(file: string, given: { botId: string; accounts: readonly Account[] }) {
    this.database = new DatabaseSync(file, { enableForeignKeyConstraints: true })
    this.database.exec('pragma journal_mode = wal; pragma synchronous = full')
    this.#insert = this.database.prepare(INSERT)
    this.#accounts = given.accounts
    this.#botId = given.botId
    this.#seq = Number(this.database.prepare("select value from counters where name = 'change'").get()?.['value'])
  }

  /** One transaction. */
  insert(count: number, status: 'queued' | 'delivered'): void {
    this.database.exec('begin immediate')
    for (let index = 0; index < count; index++) this.#insertOne(status)
    this.database.prepare("update counters set value = ? where name = 'change'").run(this.#seq)
    this.database.exec('commit')
  }

  #insertOne(status: 'queued' | 'delivered'): void {
    const seq = ++this.#seq
    const account = this.#accounts[seq % this.#accounts.length]
    if (!account) throw new Error('there is no account')
    const nowMs = Date.now()
    const deliveredAtMs = status === 'delivered' ? nowMs : null
    const ids = [seq, newId('msg', parts), account.userId, account.chatId, this.#botId, account.peerId] as const
    this.#insert.run(...ids, status, TEXT, nowMs, nowMs, deliveredAtMs, seq, seq)
  }
}

const INSERT = `insert into messages (seq, id, user_id, chat_id, bot_id, peer_id, status, text, silent, name, locale,
  created_at_ms, changed_at_ms, delivered_at_ms, change_seq, turn) values (?, ?, ?, ?, ?, ?, ?, ?, 0, 'Ann', 'en', ?, ?, ?, ?, ?)`

/** Many messages, fast and not safe from a power cut: only to have them. */
export function fill(
  file: string,
  given: { botId: string; accounts: readonly Account[] },
  messages: { count: number; status: 'queued' | 'delivered' },
): void {
  const inserter = new MessageInserter(file, given)
  inserter.database.exec('pragma synchronous = off; pragma cache_size = -200000')
  for (let left = messages.count; left > 0; left -= 10_000) inserter.insert(Math.min(left, 10_000), messages.status)
  inserter.database.exec(
    `insert into message_times select created_at_ms / 300000, min(seq), max(seq) from messages group by 1`,
  )
  inserter.database.close()
}
