import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'

// A program that accepts messages as fast as it can, and says on its output which ones it has acknowledged. Made to be killed.

const [file = ''] = process.argv.slice(2)
const store = await openSqliteStore({ file })
await store.migrate()
const bot = await store.saveSharedBot({ id: 'bot_1', telegramBotId: 1, username: 'b', name: 'B' })
const user = { id: 'usr_1', login: 'ann', passwordHash: '', name: 'Ann', locale: 'en', nowMs: 1 } as const
await store.createUser(user)
const peer = await store.savePeer(bot.id, { telegramChatId: 1, type: 'private', title: null, username: null })
await store.linkChat({ id: 'cht_1', userId: user.id, peerId: peer.id, nowMs: 1 })

async function worker(name: number): Promise<never> {
  for (let i = 0; ; i++) {
    const id = `msg_${name}_${i}`
    await store.outbox.enqueue({ id, userId: user.id, text: id, silent: false, nowMs: 1, queueLimit: 0 })
    process.stdout.write(`${id}\n`)
  }
}
await Promise.all(Array.from({ length: 20 }, (_, name) => worker(name)))
