import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { REFUSALS, type Refusal, type RequestFault } from '../../domain/refusals.ts'
import type { Dialect, DialectAnswer } from './dialect.ts'

/** `answer` says it everywhere but where that system used another word; `details` says more. */
export const DjangobotRefusal = Type.Record(Type.String(), Type.String(), {
  $id: 'DjangobotRefusal',
  title: 'DjangobotRefusal',
  examples: [{ answer: 'access denied' }],
})

interface Words {
  /** To whoever may not do this. */
  denied: DialectAnswer
  /** Whatever is wrong with what was sent. */
  invalid: Readonly<Record<string, string>>
}

const ACCESS_DENIED = { answer: 'access denied' }
const WORDS = {
  '/api/user': {
    denied: { status: 403, body: { message: 'Доступ запрещен' } },
    invalid: { answer: 'data is invalid' },
  },
  '/api/auth': {
    denied: {
      status: 401,
      body: { ...ACCESS_DENIED, details: 'login or psw is wrong' },
      headers: { 'www-authenticate': 'Bearer realm="api"' },
    },
    invalid: { answer: 'invalid input data' },
  },
  '/api/cabinet': {
    denied: { status: 403, body: ACCESS_DENIED },
    invalid: { error: 'i dont understand why' },
  },
  '/api/send_message': {
    denied: { status: 403, body: { answer: 'invalid token' } },
    invalid: { answer: 'message data is not valid' },
  },
} as const satisfies Record<string, Words>

/** What our use cases call the fields. */
const FIELDS: Readonly<Record<string, string>> = {
  '/body/login': 'login',
  '/body/password': 'psw',
  '/body/name': 'name',
  '/body/text': 'text',
}

export const refuse: Dialect['refuse'] = (refusal, request) => {
  const { denied } = wordsFor(request)
  switch (refusal.code) {
    case 'request_invalid':
      return invalid(request, refusal.errors ? sentences(refusal.errors) : refusal.detail)
    case 'credentials_invalid':
      return denied
    case 'login_taken':
      return { status: 400, body: { answer: 'login is already used' } }
    case 'link_code_invalid':
      return invalid(request, refusal.detail)
    case 'chat_not_linked':
      return withDetails(
        denied,
        'No chat is linked to this account any more; enter a new code of the bot in the cabinet.',
      )
    case 'scope_missing':
    case 'cross_site_refused':
    case 'registration_closed':
      return withDetails({ status: 403, body: ACCESS_DENIED }, refusal.detail)
    case 'media_type_unsupported':
      return withDetails({ status: 415, body: wordsFor(request).invalid }, 'Send JSON or a form.')
    default:
      return inOurWords(refusal)
  }
}

/** 400 in the words of the route. */
export function invalid(request: FastifyRequest, details: string): DialectAnswer {
  return withDetails({ status: 400, body: wordsFor(request).invalid }, details)
}

function wordsFor({ routeOptions }: FastifyRequest): Words {
  const path = routeOptions.url?.replace(/\/$/, '') as keyof typeof WORDS
  return WORDS[path]
}

function withDetails({ status, body }: DialectAnswer, details: string): DialectAnswer {
  return { status, body: { ...(body as object), details } }
}

/** For what that system had no words. */
function inOurWords({ code, detail }: Refusal): DialectAnswer {
  const { status, title } = REFUSALS[code]
  return { status, body: { answer: title, details: detail } }
}

function sentences(errors: readonly RequestFault[]): string {
  return errors.map(({ where, what }) => [...(FIELDS[where] ? [FIELDS[where]] : []), what].join(': ')).join('; ')
}
