import { CATALOGUE, type CatalogueKey } from '../faults/catalogue.ts'
import type { FaultAction, FaultRule } from '../faults/fault-rule.ts'
import { ControlError } from './control-error.ts'
import { asFlag, asNumber, asOneOf, asReference, asText, type ControlInput } from './input.ts'

/** From HTTP to a fault rule. */
export function readFault(input: ControlInput): FaultRule {
  return {
    ...input.optional('bot', asReference),
    ...input.optional('method', asText),
    ...input.optional('chatId', asReference),
    ...input.optional('nth', asNumber),
    ...input.optional('times', asNumber),
    ...input.optional('probability', asNumber),
    ...input.optional('afterMs', asNumber),
    ...input.optional('forMs', asNumber),
    action: readAction(input.object('action')),
  }
}

const HTML_STATUSES: readonly (413 | 502 | 503 | 504)[] = [413, 502, 503, 504]

/** A reader for each kind: the compiler says when one is missing. */
export const ACTIONS: { [Kind in FaultAction['kind']]: (input: ControlInput) => FaultAction } = {
  http: readHttp,
  html: (input) => ({ kind: 'html', status: readHtmlStatus(input) }),
  delay: (input) => ({ kind: 'delay', when: input.oneOf('when', ['before', 'after']), ms: input.number('ms') }),
  drop_before: () => ({ kind: 'drop_before' }),
  drop_after: () => ({ kind: 'drop_after' }),
  partial: () => ({ kind: 'partial' }),
  garbage: (input) => ({
    kind: 'garbage',
    ...input.optional('form', asOneOf('text', 'truncated', 'empty')),
  }),
  reset: (input) => ({
    kind: 'reset',
    ...input.optional('when', asOneOf('before', 'after')),
  }),
  too_many_requests: (input) => ({
    kind: 'too_many_requests',
    retryAfterSeconds: input.number('retryAfterSeconds'),
    ...input.optional('withoutParameters', asFlag),
  }),
  slow_drip: (input) => ({ kind: 'slow_drip', msPerByte: input.number('msPerByte') }),
  wrong_content_type: (input) => ({ kind: 'wrong_content_type', ...input.optional('contentType', asText) }),
  duplicate_update: () => ({ kind: 'duplicate_update' }),
  reorder_updates: () => ({ kind: 'reorder_updates' }),
  update_id_jump: (input) => ({ kind: 'update_id_jump', by: input.number('by') }),
  album_partial: (input) => ({
    kind: 'album_partial',
    stored: input.number('stored'),
    ...input.optional('retryAfterSeconds', asNumber),
  }),
  clock_skip: (input) => ({ kind: 'clock_skip', ms: input.number('ms') }),
}

function readAction(input: ControlInput): FaultAction {
  const kind = input.text('kind')
  const read = isKind(kind) ? ACTIONS[kind] : undefined
  if (read === undefined) throw new ControlError('invalid_input', `There is no fault "${kind}".`)
  return read(input)
}

function isKind(kind: string): kind is FaultAction['kind'] {
  return Object.hasOwn(ACTIONS, kind)
}

function readHttp(input: ControlInput): FaultAction {
  if (!input.has('entry')) {
    return {
      kind: 'http',
      status: input.number('status'),
      description: input.text('description'),
      ...input.optional('parameters', (from, name) => readNumbers(from.object(name), from.raw(name))),
    }
  }
  const entry = input.text('entry')
  if (!isEntry(entry)) throw new ControlError('invalid_input', `There is no catalogue entry "${entry}".`)
  return { kind: 'http', entry }
}

function isEntry(name: string): name is CatalogueKey {
  return Object.hasOwn(CATALOGUE, name)
}

function readNumbers(input: ControlInput, raw: unknown): Record<string, number> {
  return Object.fromEntries(Object.keys(Object(raw)).map((name) => [name, input.number(name)]))
}

function readHtmlStatus(input: ControlInput): 413 | 502 | 503 | 504 {
  const status = HTML_STATUSES.find((status) => status === input.number('status'))
  if (status === undefined) throw new ControlError('invalid_input', '"status" has to be 413, 502, 503 or 504.')
  return status
}
