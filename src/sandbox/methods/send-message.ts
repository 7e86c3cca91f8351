import { codePoints } from '../entities/clean-text.ts'
import { badRequest, refusal } from '../refusal.ts'
import type { MessageContent } from '../world/data.ts'
import { renderTextMessage } from '../world/render.ts'
import { finishText, type FormattedText, MOST_TEXT_POINTS, readFormattedText } from './formatted-text.ts'
import type { Method } from './method-call.ts'
import { send } from './send.ts'
import { readLinkPreview, readSendSyntax } from './send-options.ts'

/** Bot API, sendMessage. */
export const sendMessage: Method<'sendMessage'> = async (call) => {
  const { parameters } = call
  const { world } = call.environment
  const linkPreview = readLinkPreview(parameters)
  if (parameters.text('text') === '') throw refusal('text_is_empty')
  const formatted = readFormattedText(world, parameters, { text: 'text', entities: 'entities' })
  const syntax = readSendSyntax(parameters)
  const [message] = await send(call, {
    sending: 'text messages',
    syntax,
    linkPreview,
    finish: () => [finishMessageText(formatted)],
    weight: ([content]) => call.environment.rates.weightOf(content?.kind === 'text' ? codePoints(content.text) : 0),
  })
  if (message === undefined) throw badRequest('message text is empty')
  return renderTextMessage(world, message, call.bot.id)
}

/** A text as it will stand in the chat: something has to be left of it, and it has to fit. */
export function finishMessageText(formatted: FormattedText): Extract<MessageContent, { kind: 'text' }> {
  const finished = finishText(formatted, MOST_TEXT_POINTS, () => refusal('message_too_long'))
  if (finished.text === '') throw refusal('text_must_be_non_empty')
  return { kind: 'text', ...finished }
}
