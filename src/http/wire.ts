import { type Static, type TSchema, type TSchemaOptions, Type } from 'typebox'
import { Refusal } from '../domain/refusals.ts'
import { timestampMs } from '../domain/timestamp.ts'

/** The last moment that RFC 3339 can write: its years have four digits. */
const LAST_MS = Date.UTC(10_000, 0) - 1

/** A moment on the wire: RFC 3339 in UTC with milliseconds, such as `2026-01-01T00:00:00.000Z`. What comes later is the last one. */
export function wireTime(ms: number): string {
  return new Date(Math.min(ms, LAST_MS)).toISOString()
}

/** The same for a moment that may not have come yet. */
export function wireTimeOrNull(ms: number | null): string | null {
  return ms === null ? null : wireTime(ms)
}

/** Null when there is none; refuses with `request_invalid` what is no time. `where`: where it stands in the request. */
export function momentFromWire(text: string | null | undefined, where: string): number | null {
  if (text === null || text === undefined) return null
  const ms = timestampMs(text)
  if (ms !== undefined) return ms
  throw new Refusal('request_invalid', { errors: [{ where, what: 'must be a time such as 2027-01-01T00:00:00Z' }] })
}

export const WireTime = Type.String({ format: 'date-time', examples: ['2026-01-01T00:00:00.000Z'] })

/** A schema or null: most of what a message tells is not known at first. */
export function nullable<T extends TSchema>(schema: T, options: TSchemaOptions = {}) {
  return Type.Union([schema, Type.Null()], options)
}

/** An id of ours in a path. Any visible ASCII is taken, so that an id that never existed is `not_found` and not a lesson in our ids. */
export const IdParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 64, pattern: '^[\\x21-\\x7e]+$', description: 'As it was given to you.' }),
})

/** A reference to a schema that was given to `addSchema`, with its type kept: the OpenAPI document then has it once, by its name. */
export function referTo<T extends TSchema>(schema: T) {
  const { $id } = schema as { $id?: string }
  if ($id === undefined) throw new Error('only a schema with an $id can be referred to')
  return Type.Unsafe<Static<T>>({ $ref: `${$id}#` })
}
