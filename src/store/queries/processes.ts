import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { BotState } from '../../domain/bot.ts'
import { OwnershipLost, type Serving, shares } from '../../domain/ownership.ts'
import { prepared } from '../prepared.ts'
import type { Read, Write } from '../schema.ts'
import type { Beat, OwnedBot } from '../store.ts'

export async function beat(
  tx: Write,
  process: { id: string; leaseMs: number },
  how: { alone?: boolean; claim?: boolean } = {},
): Promise<Beat> {
  const wasAlive = await stayAlive(tx, process)
  if (how.alone === true) await removeOthers(tx, process.id)
  // Whoever was late itself was perhaps not the only one, as after an outage of the database: the others get the time to come back.
  else if (wasAlive) await removeDead(tx)
  const serving = await whoServes(tx)
  const share = shares(serving, await countActive(tx)).get(process.id) ?? 0
  const missing = share - (serving.find(({ processId }) => processId === process.id)?.bots ?? 0)
  if (missing > 0 && how.claim !== false) await claim(tx, process.id, missing)
  return { owned: await ownedBy(tx, process.id), share, processes: serving.length }
}

/**
 * True when it was known to be alive until now. Two processes meet at the row: either this one comes first and stays alive, or the
 * other one has removed it, and this one begins anew, without bots.
 */
async function stayAlive({ db, databaseNowMs }: Write, process: { id: string; leaseMs: number }): Promise<boolean> {
  const aliveUntilMs = sql<number>`${databaseNowMs} + ${sql.lit(process.leaseMs)}`
  const { numUpdatedRows } = await db
    .updateTable('bot_processes')
    .set({ alive_until_ms: aliveUntilMs })
    .where('id', '=', process.id)
    .where('alive_until_ms', '>', databaseNowMs)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows > 0n) return true
  await db
    .insertInto('bot_processes')
    .values({ id: process.id, alive_until_ms: aliveUntilMs })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ alive_until_ms: aliveUntilMs }))
    .execute()
  return false
}

async function removeDead({ db, databaseNowMs }: Write): Promise<void> {
  await db.deleteFrom('bot_processes').where('alive_until_ms', '<=', databaseNowMs).execute()
}

async function removeOthers({ db }: Write, processId: string): Promise<void> {
  await db.deleteFrom('bot_processes').where('id', '<>', processId).execute()
}

async function whoServes({ db }: Read): Promise<Serving[]> {
  const rows = await db
    .selectFrom('bot_processes')
    .leftJoin('bots', (join) => join.onRef('bots.process_id', '=', 'bot_processes.id').on('bots.active', '=', 1))
    .select((eb) => ['bot_processes.id', eb.fn.count<number>('bots.id').as('bots')])
    .groupBy('bot_processes.id')
    .execute()
  return rows.map(({ id: processId, bots }) => ({ processId, bots }))
}

async function countActive({ db }: Read): Promise<number> {
  const { count } = await db
    .selectFrom('bots')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('active', '=', 1)
    .executeTakeFirstOrThrow()
  return count
}

/** The counter of claims is held until the commit, so processes claim one after the other, and each sees what the one before took. */
async function claim({ db, databaseNowMs }: Write, processId: string, atMost: number): Promise<void> {
  const { value: fence } = await db
    .updateTable('counters')
    .set((eb) => ({ value: eb('value', '+', 1) }))
    .where('name', '=', 'claim')
    .returning('value')
    .executeTakeFirstOrThrow()
  await db
    .updateTable('bots')
    .set((eb) => ({
      process_id: processId,
      former_fence: eb.ref('fence'),
      fence,
      // A token that was refused is refused until somebody has seen it work.
      state: eb.case().when('state', '=', 'rejected').then(eb.ref('state')).else(eb.val<BotState>('starting')).end(),
      state_since_ms: eb
        .case()
        .when('state', 'in', ['rejected', 'starting'])
        .then(eb.ref('state_since_ms'))
        .else(databaseNowMs)
        .end(),
    }))
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('bots')
        .select('id')
        .where('process_id', 'is', null)
        .where('active', '=', 1)
        .orderBy('id')
        .limit(atMost),
    )
    .execute()
}

async function ownedBy({ db }: Read, processId: string): Promise<OwnedBot[]> {
  const rows = await db
    .selectFrom('bots')
    .select(['id', 'fence', 'active', 'revision'])
    .where('process_id', '=', processId)
    .orderBy('id')
    .execute()
  return rows.map(({ id: botId, active, ...row }) => ({ botId, ...row, active: active === 1 }))
}

/** Only the claims that are named: one that was made since stands. */
export async function releaseBots(
  { db }: Write,
  processId: string,
  claims: readonly { botId: string; fence: number }[],
): Promise<void> {
  for (const [fence, bots] of Map.groupBy(claims, (one) => one.fence)) {
    await db
      .updateTable('bots')
      .set({ process_id: null })
      .where('process_id', '=', processId)
      .where('fence', '=', fence)
      .where(
        'id',
        'in',
        bots.map(({ botId }) => botId),
      )
      .execute()
  }
}

export async function endProcess({ db }: Write, processId: string): Promise<void> {
  await db.deleteFrom('bot_processes').where('id', '=', processId).execute()
}

const fenceOf = prepared((db, { botId }: { botId: string }) =>
  db.selectFrom('bots').select('fence').where('id', '=', botId),
)

/** Rejects with `OwnershipLost`. Without a number, whoever asks is no owner, and nothing is looked at. */
export async function assertServes({ db, ask }: Read, botId: string, fence: number | undefined): Promise<void> {
  if (fence === undefined) return
  const [bot] = await ask(fenceOf(db, { botId }))
  if (bot?.fence !== fence) throw new OwnershipLost(botId)
}

/**
 * That this bot is served under one of these claims. Asked of each message that was found, and not joined: claims are new, so PostgreSQL
 * would take them for a way to find few bots, and look for all messages again for each of the many that it finds.
 */
export function servedUnder(botId: Expression<string>, fences: readonly number[]): RawBuilder<SqlBool> {
  return sql<SqlBool>`(select bots.fence from bots where bots.id = ${botId}) in (${sql.join(fences)})`
}

/** Those of these messages whose bot is served under none of these claims. */
export async function lostTo(
  { db }: Read,
  messageIds: readonly string[],
  fences: readonly number[],
): Promise<Set<string>> {
  if (messageIds.length === 0 || fences.length === 0) return new Set()
  const rows = await db
    .selectFrom('messages')
    .innerJoin('bots', 'bots.id', 'messages.bot_id')
    .select('messages.id')
    .where('messages.id', 'in', messageIds)
    .where('bots.fence', 'not in', fences)
    .execute()
  return new Set(rows.map(({ id }) => id))
}
