import { badRequest } from '../refusal.ts'

export type JsonObject = Record<string, unknown>

/**
 * A parameter that is a JSON object in every encoding; undefined when absent. `what` goes into the refusals:
 * `object expected as <what>`, and unless `unreadable` says otherwise `can't parse <what> JSON object`.
 */
export function readJsonObject(
  raw: string,
  what: string,
  unreadable = `can't parse ${what} JSON object`,
): JsonObject | undefined {
  if (raw === '') return undefined
  const value = parse(raw, unreadable)
  if (!isObject(value)) throw badRequest(`object expected as ${what}`)
  return value
}

/** A parameter that is a JSON array; undefined when absent or no array at all. */
export function readJsonArray(raw: string): unknown[] | undefined {
  if (raw === '') return undefined
  try {
    const value: unknown = JSON.parse(raw)
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parse(raw: string, problem: string): unknown {
  try {
    return JSON.parse(raw)
  } catch {
    throw badRequest(problem)
  }
}
