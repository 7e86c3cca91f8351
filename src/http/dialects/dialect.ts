import type { FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { TSchema } from 'typebox'
import type { Scope } from '../../domain/account.ts'
import type { DialectName } from '../../domain/dialects.ts'
import type { Random } from '../../domain/random.ts'
import { Refusal, type RefusalCode } from '../../domain/refusals.ts'
import type { Authenticate as Prove } from '../../usecases/authenticate.ts'
import type { ClaimChatForToken } from '../../usecases/claim-chat-for-token.ts'
import type { CreateLinkToken, GetLinkToken } from '../../usecases/link-token.ts'
import type { GetNumberedMessage } from '../../usecases/get-numbered-message.ts'
import type { KeyedSessions } from '../../usecases/keyed-sessions.ts'
import type { ListNumberedMessages } from '../../usecases/list-numbered-messages.ts'
import type { RestateAccount } from '../../usecases/restate-account.ts'
import type { AccountsRoutesDeps } from '../v1/accounts-routes.ts'
import type { BotsRoutesDeps } from '../v1/bots-routes.ts'
import type { ChatsRoutesDeps } from '../v1/chats-routes.ts'
import type { LinkCodesRoutesDeps } from '../v1/link-codes-routes.ts'
import type { MessagesRoutesDeps } from '../v1/messages-routes.ts'
import type { SessionsRoutesDeps } from '../v1/sessions-routes.ts'
import type { TokensRoutesDeps } from '../v1/tokens-routes.ts'

/** The use cases, the same that `/v1` asks. */
export interface DialectDeps
  extends AccountsRoutesDeps,
    SessionsRoutesDeps,
    TokensRoutesDeps,
    MessagesRoutesDeps,
    ChatsRoutesDeps,
    BotsRoutesDeps,
    LinkCodesRoutesDeps {
  /** For credentials that stand where no header is, such as in a body. */
  prove: Prove
  /** Messages by their number. */
  numbered: { get: GetNumberedMessage; list: ListNumberedMessages }
  restateAccount: RestateAccount
  claimChatForToken: ClaimChatForToken
  keyedSessions: KeyedSessions
  linkTokens: { create: CreateLinkToken; get: GetLinkToken }
  random: Random
  /** The folder of the account page, to which browsers are led; null: there is none, and the documentation has to do. */
  pageFolder: string | null
}

/** The interface of another system, spoken over our use cases. */
export interface Dialect {
  readonly name: DialectName
  /** Whose interface it was, with a link; stands in the API's documentation. */
  readonly about: string
  /** Every refusal that reaches a caller, in this dialect's words. */
  readonly refuse: (refusal: Refusal, request: FastifyRequest) => DialectAnswer
  /** What a refusal's body looks like, for the API's documentation; with an `$id`, because dialects may share it. */
  readonly refusal: TSchema
  /** The statuses of missing and of wrong credentials. */
  readonly unauthorised: readonly number[]
  /** An access token counts behind any word, and behind none. Default false. */
  readonly anyWord?: boolean
  /** Pages that its people know, and where they are here: `{ '/swagger': '/docs' }`. */
  readonly pages?: Readonly<Record<string, string>>
  /** `GET /` for whoever does not ask for HTML; one dialect at most has this. */
  readonly home?: DialectHome
  readonly routes: (deps: DialectDeps) => readonly DialectRoute[]
}

export interface DialectHome {
  readonly summary: string
  readonly description: string
  readonly answer: TSchema
  readonly handle: (request: FastifyRequest, publicUrl: string | null) => unknown
}

export interface DialectRoute {
  readonly method: HTTPMethods
  /** As the founding system's documentation writes it; the form with the slash at its end, or without it, is served too. */
  readonly path: string
  readonly summary: string
  readonly description?: string
  /** The right that credentials must have; null: any credentials; absent: it is open to everybody. */
  readonly needs?: Scope | null
  /** The page where a browser is led instead, whether it shows credentials or not; to the documentation where there is no page. */
  readonly forBrowsers?: string
  /** For the documentation, with `examples`; the handler itself looks at what came. */
  readonly body?: TSchema
  readonly query?: TSchema
  readonly params?: TSchema
  /** The body of each good answer by its status; a text where there is none, which then says what it means. */
  readonly answers: Readonly<Record<number, TSchema | string>>
  /** Statuses of refusals beyond those that any route of the dialect may answer. */
  readonly refuses?: readonly number[]
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
}

export interface DialectAnswer {
  readonly status: number
  /** Sent as JSON. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A refusal that only this dialect knows, thrown by its handlers. Nothing must have been stored. */
export class DialectRefusal extends Error {
  override readonly name = 'DialectRefusal'
  readonly answer: DialectAnswer

  constructor(status: number, body: unknown) {
    super(`refused with ${status}`)
    // RFC 9110, 15.5.2: whoever is refused so is told how to prove themselves.
    this.answer = { status, body, ...(status === 401 && { headers: { 'www-authenticate': 'Basic realm="api"' } }) }
  }
}

/** What a use case refuses, in the words that belong to one route. Anything else goes on as it is. */
export function asWrong(code: RefusalCode, status: number, body: unknown): (thrown: unknown) => never {
  return (thrown) => {
    throw thrown instanceof Refusal && thrown.code === code ? new DialectRefusal(status, body) : thrown
  }
}
