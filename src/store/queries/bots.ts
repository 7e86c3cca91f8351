import type { ExpressionBuilder } from 'kysely'
import type { Bot, BotState } from '../../domain/bot.ts'
import { Refusal } from '../../domain/refusals.ts'
import type { Read, Row, Schema, Write } from '../schema.ts'

function asBot(row: Row<'bots'>): Bot {
  return {
    id: row.id,
    ownerId: row.owner_id,
    telegramBotId: row.telegram_bot_id,
    username: row.username,
    name: row.name,
    active: row.active === 1,
    state: row.state,
    stateReason: row.state_reason,
    updateOffset: row.update_offset,
    notBeforeMs: row.not_before_ms,
  }
}

export async function getBot({ db }: Read, botId: string): Promise<Bot | undefined> {
  const row = await db.selectFrom('bots').selectAll().where('id', '=', botId).executeTakeFirst()
  return row && asBot(row)
}

export async function listBots({ db }: Read): Promise<Bot[]> {
  return (await db.selectFrom('bots').selectAll().orderBy('id').execute()).map(asBot)
}

/**
 * Whoever saves it has just seen its token work, so an old rejection is over. Any other state of a bot that somebody serves is that
 * process's to say.
 */
export async function saveSharedBot(
  { db, alone }: Write,
  bot: { id: string; telegramBotId: number; username: string; name: string },
): Promise<Bot> {
  await alone()
  const now = { username: bot.username, name: bot.name, active: 1, state: 'starting', state_reason: null } as const
  await db
    .updateTable('bots')
    .set({ active: 0 })
    .where('owner_id', 'is', null)
    .where('telegram_bot_id', '<>', bot.telegramBotId)
    .where('active', '=', 1)
    .execute()
  const row = await db
    .insertInto('bots')
    .values({ id: bot.id, owner_id: null, telegram_bot_id: bot.telegramBotId, ...now })
    .onConflict((conflict) =>
      conflict
        .column('telegram_bot_id')
        .doUpdateSet((eb) => ({ ...now, ...stateToKeep(eb) }))
        .where('bots.owner_id', 'is', null),
    )
    .returningAll()
    .executeTakeFirst()
  if (!row) throw new Refusal('bot_token_taken', { detail: 'The shared bot is the bot of an account here.' })
  return asBot(row)
}

function stateToKeep(eb: ExpressionBuilder<Schema, 'bots'>) {
  const isSaid = eb.and([eb('bots.process_id', 'is not', null), eb('bots.state', '<>', 'rejected')])
  return {
    state: eb.case().when(isSaid).then(eb.ref('bots.state')).else(eb.val<BotState>('starting')).end(),
    state_reason: eb.case().when(isSaid).then(eb.ref('bots.state_reason')).else(null).end(),
  }
}

export async function setBotState({ db }: Write, botId: string, state: BotState, reason: string | null): Promise<void> {
  await db.updateTable('bots').set({ state, state_reason: reason }).where('id', '=', botId).execute()
}

export async function setUpdateOffset({ db }: Write, botId: string, offset: number): Promise<void> {
  await db.updateTable('bots').set({ update_offset: offset }).where('id', '=', botId).execute()
}

/** Never shortens a wait. */
export async function holdBot({ db }: Write, botId: string, untilMs: number, fence: number | undefined): Promise<void> {
  await db
    .updateTable('bots')
    .set({ not_before_ms: untilMs })
    .where('id', '=', botId)
    .where('not_before_ms', '<', untilMs)
    .$if(fence !== undefined, (query) => query.where('fence', '=', fence ?? 0))
    .execute()
}
