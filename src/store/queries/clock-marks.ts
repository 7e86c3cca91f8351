import { sql } from 'kysely'
import { type ClockMark, clockJumpMs } from '../../domain/clock-mark.ts'
import type { Write } from '../schema.ts'
import { QUEUED } from './change-messages.ts'

/** Answers by how much the clock was set since the last mark, in milliseconds; 0 when nothing had to be moved. */
export async function markClock(tx: Write, mark: ClockMark): Promise<number> {
  const { db } = tx
  const before = await db.selectFrom('clock_marks').selectAll().executeTakeFirst()
  const jumpMs =
    before === undefined
      ? 0
      : clockJumpMs({ bootId: before.boot_id, nowMs: before.now_ms, uptimeMs: before.uptime_ms }, mark)
  if (jumpMs !== 0) await moveWaits(tx, jumpMs, mark.nowMs)
  await db.deleteFrom('clock_marks').execute()
  await db
    .insertInto('clock_marks')
    .values({ boot_id: mark.bootId, now_ms: mark.nowMs, uptime_ms: mark.uptimeMs })
    .execute()
  return jumpMs
}

/**
 * The clock may have been set while the program still ran, and then some waits are by the new clock already. So those are moved that
 * must be by the old one: they go on at its present, and, when the clock was set back, they began in the future. Any other ends no
 * sooner than it should, and no later than its length allows.
 */
async function moveWaits({ db }: Write, jumpMs: number, nowMs: number): Promise<void> {
  const presentMs = nowMs - jumpMs
  const [afterMs, untilMs] = jumpMs > 0 ? [-1, presentMs] : [nowMs, presentMs]
  for (const table of ['bots', 'peers'] as const) {
    await db
      .updateTable(table)
      .set({
        not_before_ms: sql<number>`not_before_ms + ${sql.lit(jumpMs)}`,
        held_since_ms: sql<number>`held_since_ms + ${sql.lit(jumpMs)}`,
      })
      .where('not_before_ms', '>', presentMs)
      .where('held_since_ms', '>', afterMs)
      .where('held_since_ms', '<=', untilMs)
      .execute()
  }
  await db
    .updateTable('messages')
    .set({
      next_attempt_at_ms: sql<number>`next_attempt_at_ms + ${sql.lit(jumpMs)}`,
      changed_at_ms: sql<number>`changed_at_ms + ${sql.lit(jumpMs)}`,
    })
    .where('status', '=', QUEUED)
    .where('next_attempt_at_ms', '>', presentMs)
    .where('changed_at_ms', '>', afterMs)
    .where('changed_at_ms', '<=', untilMs)
    .execute()
}
