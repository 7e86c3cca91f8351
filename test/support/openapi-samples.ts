import assert from 'node:assert/strict'
import fc from 'fast-check'
import { generateSync, type JsonSchema } from 'json-schema-faker'
import Schema from 'typebox/schema'
import type { OpenApiDocument, OpenApiOperation } from '../../src/http/openapi.ts'
import type { Ask } from './dialect-house.ts'

/** One operation of the document. */
export interface Operation extends OpenApiOperation {
  /** Such as `POST /v1/users`. */
  name: string
  method: Ask['method']
  path: string
  /** The statuses of good answers. */
  good: number[]
  /** Anybody may ask, without credentials. */
  open: boolean
}

export function operationsOf({ paths }: OpenApiDocument): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([word, operation]) => {
      const method = word.toUpperCase() as Ask['method']
      const good = Object.keys(operation.responses)
        .map(Number)
        .filter((status) => status < 400)
      return { ...operation, name: `${method} ${path}`, method, path, good, open: operation.security?.length === 0 }
    }),
  )
}

type Values = Readonly<Record<string, unknown>>

/** What a request consists of, as values and not yet as bytes. */
export interface Sample {
  path: Values
  query: Values
  header: Values
  /** Undefined: there is none. */
  body: unknown
  /** Of the body. */
  mediaType: string
}

/** What is chosen where a schema leaves a choice. */
export interface Choices {
  seed: number
  /** How likely a part is that may be left out. */
  optionals: number
  /** Of texts whose schema does not say what they look like. */
  lengths: 'shortest' | 'some' | 'longest'
  /** Which such texts are made of. */
  letters: string
  /** What is wanted in the answer; browsers are led to pages in some places. */
  accept: string
  /** Which of the media types, counted around. */
  mediaType: number
}

/** Each is one kind of what people, scripts and attackers write; all are valid Unicode, as a text in JSON is. */
const LETTERS = [
  'abcXYZ019',
  ' \n\t\r',
  'приветЁё ',
  '😀🏳️‍🌈👩‍👩‍👧',
  'a\u0301\u202e\u200b\ufeff\u2028',
  '<&>"\'\\/%{}$',
  '@.-_+',
  '\u0000\u0001\u007f',
]

export const anyChoices: fc.Arbitrary<Choices> = fc.record({
  seed: fc.nat(),
  optionals: fc.constantFrom(1, 0.5, 0),
  lengths: fc.constantFrom('some', 'shortest', 'longest'),
  letters: fc.constantFrom(...LETTERS),
  accept: fc.constantFrom('*/*', 'text/html', 'application/json'),
  mediaType: fc.nat(3),
})

/** A request that fits the schemas of its operation; undefined when the generator cannot make one for a part of it. */
export function sampleOf(document: OpenApiDocument, operation: Operation, choices: Choices): Sample | undefined {
  const parts = (place: string): Values =>
    Object.fromEntries(
      (operation.parameters ?? [])
        .filter(({ in: its }) => its === place)
        .filter(({ required = false }, at) => required || chance(choices, at))
        .map(({ name, schema }) => [name, valueOf(document, schema, choices)]),
    )
  const body = operation.requestBody
  const mediaTypes = Object.keys(body?.content ?? {})
  const mediaType = mediaTypes[choices.mediaType % mediaTypes.length] ?? ''
  const there = body !== undefined && (body.required !== false || chance(choices, 7))
  const sample = {
    path: parts('path'),
    query: parts('query'),
    header: { accept: choices.accept, ...parts('header') },
    body: there ? valueOf(document, body.content[mediaType]?.schema ?? {}, choices) : undefined,
    mediaType: there ? mediaType : '',
  }
  return fits(document, operation, sample) ? sample : undefined
}

/** Whether each part of a request fits the schema that the document has for it. */
export function fits(document: OpenApiDocument, operation: Operation, { body, mediaType, ...parts }: Sample): boolean {
  const bodySchema = operation.requestBody?.content[mediaType]?.schema
  const fitting = (operation.parameters ?? []).every(({ name, in: place, schema, required = false }) => {
    const value = place === 'cookie' ? undefined : parts[place][name]
    return value === undefined ? !required : check(document, schema, value)
  })
  // Where no body is needed, one that says `null` says as much as none.
  const isNeeded = operation.requestBody?.required === true
  if (body === undefined || (body === null && !isNeeded)) return fitting && !isNeeded
  return fitting && (bodySchema === undefined || check(document, bodySchema, body))
}

function check({ components }: OpenApiDocument, schema: object, value: unknown): boolean {
  return Schema.Check({ ...schema, components }, value)
}

function chance({ seed, optionals }: Choices, at: number): boolean {
  return ((seed >>> at) % 100) / 100 < optionals
}

function valueOf({ components }: OpenApiDocument, schema: object, choices: Choices): unknown {
  const { seed, optionals: optionalsProbability } = choices
  return generateSync(
    { ...schema, components },
    {
      seed,
      optionalsProbability,
      // Moments that a request names are in the future.
      minDateTime: '2100-01-01',
      maxDateTime: '2200-01-01',
      outputTransform: (value, its) =>
        typeof value === 'string' && typeof its === 'object' ? written(value, its, choices) : value,
    },
  )
}

/** Enough to be no ordinary word, where a schema sets no end. */
const LONG = 200

/** The generator's own texts are short, and of ASCII letters. */
function written(value: string, schema: Exclude<JsonSchema, boolean>, { lengths, letters }: Choices): string {
  const { minLength = 0, maxLength = LONG } = schema
  const length = { shortest: minLength, some: value.length, longest: maxLength }[lengths]
  const alphabet = Array.from(letters)
  const text = Array.from({ length }, (_, at) => alphabet[(at + value.length) % alphabet.length]).join('')
  // What must look like something stays as it was made.
  return Schema.Check(schema, text) ? text : value
}

/** The request as it is sent. */
export function askOf({ method, path }: Operation, { path: params, query, header, body, mediaType }: Sample): Ask {
  const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(textOf(params[name])))
  const search = new URLSearchParams(textsOf(query)).toString()
  return {
    method,
    url: search === '' ? url : `${url}?${search}`,
    headers: { ...textsOf(header), ...(mediaType === 'text/plain' && { 'content-type': mediaType }) },
    ...(body !== undefined && { body: mediaType === 'text/plain' ? textOf(body) : (body as object) }),
    ...(mediaType.endsWith('urlencoded') && { form: 'urlencoded' }),
    ...(mediaType.startsWith('multipart') && { form: 'multipart' }),
  }
}

function textsOf(values: Values): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, textOf(value)]))
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  assert.ok(text !== undefined, 'a part of a request that is not there')
  return text
}
