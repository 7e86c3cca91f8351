import type { Read, Write } from '../schema.ts'
import type { UpdateClaim } from '../store.ts'

export async function isUpdateHandled({ db }: Read, botId: string, updateId: number): Promise<boolean> {
  const row = await db
    .selectFrom('updates')
    .select('handled')
    .where('bot_id', '=', botId)
    .where('update_id', '=', updateId)
    .executeTakeFirst()
  return row?.handled === 1
}

/**
 * The row of the lane is what two processes meet at: in every engine, one of them writes it and the other one then sees that. Only
 * whoever has it may believe what it reads about the update.
 */
export async function beginUpdate(
  tx: Write,
  { botId, updateId, lane, claim }: UpdateClaim,
  times: { nowMs: number; untilMs: number },
): Promise<'begun' | 'busy' | 'handled'> {
  if (await isUpdateHandled(tx, botId, updateId)) return 'handled'
  const mine = await tx.db
    .insertInto('update_claims')
    .values({ bot_id: botId, lane, claim, until_ms: times.untilMs })
    .onConflict((conflict) =>
      conflict
        .columns(['bot_id', 'lane'])
        .doUpdateSet({ claim, until_ms: times.untilMs })
        .where('update_claims.until_ms', '<=', times.nowMs),
    )
    .returning('claim')
    .executeTakeFirst()
  if (!mine) return 'busy'
  if (!(await isUpdateHandled(tx, botId, updateId))) return 'begun'
  await leave(tx, { botId, lane, claim })
  return 'handled'
}

export async function extendUpdate({ db }: Write, held: Held, untilMs: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('update_claims')
    .set({ until_ms: untilMs })
    .where('bot_id', '=', held.botId)
    .where('lane', '=', held.lane)
    .where('claim', '=', held.claim)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** Also when the claim is lost: the work is done, whoever else is at it. */
export async function finishUpdate(tx: Write, update: UpdateClaim, nowMs: number): Promise<void> {
  await tx.db
    .insertInto('updates')
    .values({ bot_id: update.botId, update_id: update.updateId, handled: 1, failures: 0, at_ms: nowMs })
    .onConflict((conflict) => conflict.columns(['bot_id', 'update_id']).doUpdateSet({ handled: 1, at_ms: nowMs }))
    .execute()
  await leave(tx, update)
}

export async function failUpdate(tx: Write, update: UpdateClaim, nowMs: number): Promise<number> {
  const { failures } = await tx.db
    .insertInto('updates')
    .values({ bot_id: update.botId, update_id: update.updateId, handled: 0, failures: 1, at_ms: nowMs })
    .onConflict((conflict) =>
      conflict
        .columns(['bot_id', 'update_id'])
        .doUpdateSet((eb) => ({ failures: eb('updates.failures', '+', 1), at_ms: nowMs })),
    )
    .returning('failures')
    .executeTakeFirstOrThrow()
  await leave(tx, update)
  return failures
}

type Held = Pick<UpdateClaim, 'botId' | 'lane' | 'claim'>

async function leave({ db }: Write, { botId, lane, claim }: Held): Promise<void> {
  await db
    .deleteFrom('update_claims')
    .where('bot_id', '=', botId)
    .where('lane', '=', lane)
    .where('claim', '=', claim)
    .execute()
}

/** Older than any update that Telegram may still send; and claims of processes that are gone. */
export async function forgetUpdates(
  { db }: Write,
  before: { nowMs: number; updatesBeforeMs: number },
): Promise<number> {
  const updates = await db.deleteFrom('updates').where('at_ms', '<', before.updatesBeforeMs).executeTakeFirstOrThrow()
  const claims = await db.deleteFrom('update_claims').where('until_ms', '<=', before.nowMs).executeTakeFirstOrThrow()
  return Number(updates.numDeletedRows) + Number(claims.numDeletedRows)
}
