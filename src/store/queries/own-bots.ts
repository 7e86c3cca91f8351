import type { Bot } from '../../domain/bot.ts'
import { Refusal } from '../../domain/refusals.ts'
import { flag, type Read, type Row, type Write } from '../schema.ts'
import type { BotChange, BotToken, NewBot } from '../store.ts'
import { asBot, readBot, selectBots } from './bots.ts'

export async function listBotsOf(read: Read, userId: string): Promise<Bot[]> {
  const rows = await selectBots(read)
    .where('bots.owner_id', '=', userId)
    .orderBy('bots.created_at_ms')
    .orderBy('bots.id')
    .execute()
  return rows.map(asBot)
}

/** Whoever adds one is alone, so that what was counted is so until the commit. */
export async function addBot(tx: Write, bot: NewBot): Promise<Bot> {
  const { db, alone, databaseNowMs } = tx
  await alone()
  const bots = await listBotsOf(tx, bot.userId)
  if (bots.length >= bot.limit) throw new Refusal('bot_limit_reached')
  const row = await db
    .insertInto('bots')
    .values({
      id: bot.id,
      owner_id: bot.userId,
      telegram_bot_id: bot.telegramBotId,
      ...tokenColumns(bot),
      title: bot.title,
      active: flag(bot.active),
      echo: flag(bot.echo),
      take_over: flag(bot.takeOver),
      state: bot.active ? 'starting' : 'idle',
      state_since_ms: databaseNowMs,
      created_at_ms: bot.nowMs,
    })
    .onConflict((conflict) => conflict.column('telegram_bot_id').doNothing())
    .returningAll()
    .executeTakeFirst()
  if (!row) throw new Refusal('bot_token_taken')
  return asBot({ ...row, served_by: null })
}

function tokenColumns({ username, name, tokenSealed, tokenHint }: BotToken) {
  return { username, name, token_sealed: tokenSealed, token_hint: tokenHint }
}

export async function changeBot(tx: Write, userId: string, botId: string, change: BotChange): Promise<Bot | undefined> {
  const { db, alone } = tx
  await alone()
  const before = await db
    .selectFrom('bots')
    .selectAll()
    .where('id', '=', botId)
    .where('owner_id', '=', userId)
    .executeTakeFirst()
  if (!before) return undefined
  if (change.token && change.token.telegramBotId !== before.telegram_bot_id) {
    throw new Refusal('bot_token_invalid', {
      detail: 'It is the token of another bot: add that one as a bot of its own.',
    })
  }
  await db
    .updateTable('bots')
    .set(columnsBy(change, before, tx))
    .where('id', '=', botId)
    .execute()
  return await readBot(tx, botId)
}

function columnsBy(change: BotChange, before: Row<'bots'>, { databaseNowMs }: Pick<Write, 'databaseNowMs'>) {
  const { token, title = before.title } = change
  const wanted = {
    active: flag(change.active ?? before.active === 1),
    echo: flag(change.echo ?? before.echo === 1),
    take_over: flag(change.takeOver ?? before.take_over === 1),
  }
  const beginsAnew = token !== undefined || wanted.active !== before.active
  const isRevision = beginsAnew || wanted.echo !== before.echo || wanted.take_over !== before.take_over
  return {
    ...wanted,
    title,
    ...(token && { ...tokenColumns(token), met: 0 as const }),
    ...(beginsAnew && {
      state: wanted.active === 1 ? ('starting' as const) : ('idle' as const),
      state_reason: null,
      state_since_ms: databaseNowMs,
    }),
    revision: before.revision + (isRevision ? 1 : 0),
  }
}

export async function resealBot({ db }: Write, botId: string, tokens: { from: string; to: string }): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('bots')
    .set({ token_sealed: tokens.to })
    .where('id', '=', botId)
    .where('token_sealed', '=', tokens.from)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

export async function endTakeOver({ db }: Write, botId: string): Promise<void> {
  await db.updateTable('bots').set({ take_over: 0 }).where('id', '=', botId).execute()
}

export async function noteBotMet({ db }: Write, botId: string): Promise<void> {
  await db.updateTable('bots').set({ met: 1 }).where('id', '=', botId).execute()
}
