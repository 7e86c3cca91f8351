import { type RawBuilder, type SqlBool, sql } from 'kysely'

/**
 * What is stored of a wait ends before `untilMs`. Or it began after that, by a clock that was set back since: then it says nothing.
 */
export function isNoLonger(untilMs: number): RawBuilder<SqlBool> {
  return sql<SqlBool>`(not_before_ms < ${untilMs} or held_since_ms > ${untilMs})`
}
