import type { MessageEntity } from '@grammyjs/types'
import { isCode, isQuote, isStyle, sortEntities } from './entity-order.ts'

type StyleType = 'bold' | 'italic' | 'underline' | 'strikethrough' | 'spoiler'

interface Run {
  type: StyleType
  begin: number
  end: number
}

export function endOf(entity: MessageEntity): number {
  return entity.offset + entity.length
}

/**
 * Puts entities into the form in which Telegram keeps them: links, mentions and code never overlap (the first wins), quotations
 * contain whole entities only, styles of one kind are merged and then cut so that everything is properly nested, and no style
 * stands inside code. Source: TDLib, `fix_entities`.
 */
export function fixEntities(entities: readonly MessageEntity[]): MessageEntity[] {
  const sorted = sortEntities(entities.filter((entity) => entity.length > 0))
  const quotes = withoutOverlap(sorted.filter((entity) => isQuote(entity.type)))
  const solid = withoutOverlap(sorted.filter((entity) => !isStyle(entity.type) && !isQuote(entity.type)))
  return withStyles([...quotes, ...solid.filter((entity) => !crossesAny(entity, quotes))], sorted)
}

/** Adds entities that were found in the text; what was given wins where the two overlap. Source: TDLib, `merge_new_entities`. */
export function addFound(given: readonly MessageEntity[], found: readonly MessageEntity[]): MessageEntity[] {
  const quotes = given.filter((entity) => isQuote(entity.type))
  const solid = given.filter((entity) => !isStyle(entity.type) && !isQuote(entity.type))
  const news = found.filter((entity) => !crossesAny(entity, quotes) && !solid.some((other) => overlap(entity, other)))
  return withStyles([...quotes, ...solid, ...news], given)
}

/** Keeps the first of those that overlap, nested ones included. */
export function withoutOverlap(sorted: readonly MessageEntity[]): MessageEntity[] {
  let end = 0
  return sorted.filter((entity) => {
    const isFree = entity.offset >= end
    if (isFree) end = endOf(entity)
    return isFree
  })
}

function overlap(a: MessageEntity, b: MessageEntity): boolean {
  return a.offset < endOf(b) && b.offset < endOf(a)
}

function crossesAny(entity: MessageEntity, quotes: readonly MessageEntity[]): boolean {
  return quotes.some(
    (quote) => overlap(entity, quote) && (entity.offset < quote.offset || endOf(entity) > endOf(quote)),
  )
}

function withStyles(fixed: readonly MessageEntity[], all: readonly MessageEntity[]): MessageEntity[] {
  const runs = mergedRuns(all)
  const cuts = new Set([...runs.map((run) => run.begin), ...fixed.flatMap((entity) => [entity.offset, endOf(entity)])])
  const code = fixed.filter((entity) => isCode(entity.type))
  const pieces = runs.flatMap((run) => cutRun(run, cuts))
  return sortEntities([...fixed, ...pieces.filter((piece) => !code.some((block) => overlap(piece, block)))])
}

/** Styles of one kind that touch or overlap are one. */
function mergedRuns(entities: readonly MessageEntity[]): Run[] {
  const last = new Map<StyleType, Run>()
  const runs: Run[] = []
  for (const entity of sortEntities(entities)) {
    if (!isStyle(entity.type)) continue
    const type = entity.type as StyleType
    const open = last.get(type)
    if (open && entity.offset <= open.end) {
      open.end = Math.max(open.end, endOf(entity))
    } else {
      const run = { type, begin: entity.offset, end: endOf(entity) }
      last.set(type, run)
      runs.push(run)
    }
  }
  return runs
}

function cutRun(run: Run, cuts: ReadonlySet<number>): MessageEntity[] {
  const inside = [...cuts].filter((at) => at > run.begin && at < run.end).toSorted((a, b) => a - b)
  const edges = [run.begin, ...inside, run.end]
  return edges.slice(1).map((end, i) => {
    const offset = edges[i] ?? run.begin
    return { type: run.type, offset, length: end - offset }
  })
}
