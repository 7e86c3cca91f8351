import { sql } from 'kysely'
import { ACTIVITY_KEPT_MS, ACTIVITY_KINDS, type Activity, type ActivityCounts } from '../../domain/activity.ts'
import type { Read, Write } from '../schema.ts'
import type { FailuresOfBot } from '../store.ts'

/** Adds to what the process has in the same minute already. */
export async function addActivity({ db, runAll }: Write, processId: string, activity: Activity): Promise<void> {
  const minutes = activity.minutes.map(({ minuteMs, answeredMs, ...counts }) =>
    db
      .insertInto('activity')
      .values({ minute_ms: minuteMs, process_id: processId, ...counts, answered_ms: answeredMs })
      .onConflict((conflict) =>
        conflict.columns(['minute_ms', 'process_id']).doUpdateSet((eb) => ({
          ...Object.fromEntries(
            ACTIVITY_KINDS.map((kind) => [kind, eb(`activity.${kind}`, '+', eb.ref(`excluded.${kind}`))]),
          ),
          answered_ms: eb.fn.coalesce('excluded.answered_ms', 'activity.answered_ms'),
        })),
      )
      .compile(),
  )
  const failures = activity.failures.map(({ hourMs, botId, code, count, lastMs }) =>
    db
      .insertInto('failure_counts')
      .values({ hour_ms: hourMs, process_id: processId, bot_id: botId, code, count, last_ms: lastMs })
      .onConflict((conflict) =>
        conflict.columns(['hour_ms', 'process_id', 'bot_id', 'code']).doUpdateSet((eb) => ({
          count: eb('failure_counts.count', '+', eb.ref('excluded.count')),
          last_ms: eb.ref('excluded.last_ms'),
        })),
      )
      .compile(),
  )
  await runAll([...minutes, ...failures])
}

/** Goes through the minutes in which something happened: 43,200 of thirty busy days for each process. */
export async function activitySince(
  { db }: Read,
  { fromMs, sizeMs, eastMs }: { fromMs: number; sizeMs: number; eastMs: number },
): Promise<(ActivityCounts & { startMs: number })[]> {
  const size = sql.lit(sizeMs)
  const startMs = sql<number>`(minute_ms + ${sql.lit(eastMs)}) / ${size} * ${size} - ${sql.lit(eastMs)}`
  const sums = ACTIVITY_KINDS.map((kind) => sql<number>`cast(sum(${sql.ref(kind)}) as bigint)`.as(kind))
  const rows = await db
    .selectFrom('activity')
    .select([startMs.as('start_ms'), ...sums])
    .where('minute_ms', '>=', fromMs)
    .groupBy(startMs)
    .orderBy('start_ms')
    .execute()
  return rows.map(({ start_ms, ...counts }) => ({ startMs: start_ms, ...counts }))
}

export async function failuresSince({ db }: Read, fromHourMs: number): Promise<FailuresOfBot[]> {
  const rows = await db
    .selectFrom('failure_counts')
    .select([
      'code',
      'bot_id',
      sql<number>`cast(sum(count) as bigint)`.as('count'),
      sql<number>`max(last_ms)`.as('last_ms'),
    ])
    .where('hour_ms', '>=', fromHourMs)
    .groupBy(['code', 'bot_id'])
    .orderBy('count', 'desc')
    .orderBy('bot_id')
    .execute()
  return rows.map(({ code, bot_id: botId, count, last_ms: lastMs }) => ({ code, botId, count, lastMs }))
}

/** To the minute in which it was written down. */
export async function lastAnswerMs({ db }: Read): Promise<number | null> {
  const row = await db
    .selectFrom('activity')
    .select('answered_ms')
    .where('answered_ms', 'is not', null)
    .orderBy('minute_ms', 'desc')
    .orderBy('answered_ms', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.answered_ms ?? null
}

export async function forgetActivity({ db }: Write, nowMs: number): Promise<number> {
  const beforeMs = nowMs - ACTIVITY_KEPT_MS
  const minutes = await db.deleteFrom('activity').where('minute_ms', '<', beforeMs).executeTakeFirstOrThrow()
  const hours = await db.deleteFrom('failure_counts').where('hour_ms', '<', beforeMs).executeTakeFirstOrThrow()
  return Number(minutes.numDeletedRows) + Number(hours.numDeletedRows)
}
