import type { ExpressionBuilder, RawBuilder } from 'kysely'
import type { Bot, BotState } from '../../domain/bot.ts'
import { Refusal } from '../../domain/refusals.ts'
import type { Read, Row, Schema, Write } from '../schema.ts'
import type { Wait } from '../outbox.ts'
import { isNoLonger } from './waits.ts'

/** `served_by`: the living process that serves it. */
export function asBot(row: Row<'bots'> & { served_by: string | null }): Bot {
  return {
    id: row.id,
    ownerId: row.owner_id,
    telegramBotId: row.telegram_bot_id,
    username: row.username,
    name: row.name,
    title: row.title,
    active: row.active === 1,
    echo: row.echo === 1,
    takeOver: row.take_over === 1,
    state: row.state,
    stateReason: row.state_reason,
    stateSinceMs: row.state_since_ms,
    isServed: row.served_by !== null,
    tokenSealed: row.token_sealed,
    tokenHint: row.token_hint,
    createdAtMs: row.created_at_ms,
    met: row.met === 1,
    revision: row.revision,
    updateOffset: row.update_offset,
    notBeforeMs: row.not_before_ms,
    heldSinceMs: row.held_since_ms,
    formerFence: row.former_fence,
  }
}

export function selectBots({ db, databaseNowMs }: Read) {
  return db
    .selectFrom('bots')
    .leftJoin('bot_processes', (join) =>
      join.onRef('bot_processes.id', '=', 'bots.process_id').on('bot_processes.alive_until_ms', '>', databaseNowMs),
    )
    .selectAll('bots')
    .select('bot_processes.id as served_by')
}

export async function getBot(read: Read, botId: string): Promise<Bot | undefined> {
  const row = await selectBots(read).where('bots.id', '=', botId).executeTakeFirst()
  return row && asBot(row)
}

/** One that is there for sure. */
export async function readBot(read: Read, botId: string): Promise<Bot> {
  return asBot(await selectBots(read).where('bots.id', '=', botId).executeTakeFirstOrThrow())
}

export async function listBots(read: Read): Promise<Bot[]> {
  return (await selectBots(read).orderBy('bots.id').execute()).map(asBot)
}

/**
 * Whoever saves it has just seen its token work, so an old rejection is over. Any other state of a bot that somebody serves is that
 * process's to say.
 */
export async function saveSharedBot(
  tx: Write,
  bot: { id: string; telegramBotId: number; username: string; name: string },
): Promise<Bot> {
  const { db, alone, databaseNowMs } = tx
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
    .values({ id: bot.id, owner_id: null, telegram_bot_id: bot.telegramBotId, ...now, ...sinceNow(databaseNowMs) })
    .onConflict((conflict) =>
      conflict
        .column('telegram_bot_id')
        .doUpdateSet((eb) => ({ ...now, ...stateToKeep(eb, databaseNowMs) }))
        .where('bots.owner_id', 'is', null),
    )
    .returning('bots.id')
    .executeTakeFirst()
  if (!row) throw new Refusal('bot_token_taken', { detail: 'The shared bot is the bot of an account here.' })
  return await readBot(tx, row.id)
}

function sinceNow(nowMs: RawBuilder<number>) {
  return { created_at_ms: nowMs, state_since_ms: nowMs }
}

function stateToKeep(eb: ExpressionBuilder<Schema, 'bots'>, nowMs: RawBuilder<number>) {
  const isSaid = eb.and([eb('bots.process_id', 'is not', null), eb('bots.state', '<>', 'rejected')])
  const stays = eb.or([isSaid, eb('bots.state', '=', 'starting')])
  return {
    state_since_ms: eb.case().when(stays).then(eb.ref('bots.state_since_ms')).else(nowMs).end(),
    state: eb.case().when(isSaid).then(eb.ref('bots.state')).else(eb.val<BotState>('starting')).end(),
    state_reason: eb.case().when(isSaid).then(eb.ref('bots.state_reason')).else(null).end(),
  }
}

export async function setBotState(
  { db, databaseNowMs }: Write,
  botId: string,
  state: BotState,
  reason: string | null,
  revision?: number,
): Promise<void> {
  await db
    .updateTable('bots')
    .set((eb) => ({
      state,
      state_reason: reason,
      state_since_ms: eb.case().when('state', '=', state).then(eb.ref('state_since_ms')).else(databaseNowMs).end(),
    }))
    .where('id', '=', botId)
    .$if(revision !== undefined, (query) => query.where('revision', '=', revision ?? 0))
    .execute()
}

export async function setUpdateOffset({ db }: Write, botId: string, offset: number): Promise<void> {
  await db.updateTable('bots').set({ update_offset: offset }).where('id', '=', botId).execute()
}

/** Never shortens a wait. */
export async function holdBot(
  { db }: Write,
  botId: string,
  { sinceMs, untilMs }: Wait,
  fence: number | undefined,
): Promise<void> {
  await db
    .updateTable('bots')
    .set({ not_before_ms: untilMs, held_since_ms: sinceMs })
    .where('id', '=', botId)
    .where(isNoLonger(untilMs))
    .$if(fence !== undefined, (query) => query.where('fence', '=', fence ?? 0))
    .execute()
}
