/** @import { InlineKeyboardButton, Message } from '@grammyjs/types' */
/** @import { MessageView } from '../control-types.ts' */
/** @import { TextActions } from './formatted-text.js' */
import { button, el, toast } from './dom.js'
import { formattedText } from './formatted-text.js'
import { attachmentName, clockTime, serviceText, summary } from './names.js'
import { texts } from './texts.js'

/** @typedef {TextActions & { tap: (view: MessageView, data: string) => Promise<void> }} BubbleActions */

/**
 * One message as a row of the chat.
 * @param {MessageView} view
 * @param {{ mine: boolean, showAuthor: boolean, repliedTo?: Message | undefined }} context
 * @param {BubbleActions} actions
 */
export function bubble(view, context, actions) {
  const { message } = view
  const service = serviceText(message)
  if (service !== undefined)
    return el('li', { class: 'service', 'data-key': String(view.key) }, el('span', {}, service))
  const author = message.sender_chat?.title ?? message.from?.first_name ?? ''
  const row = el('li', {
    class: `row ${context.mine ? 'mine' : 'theirs'}`,
    'data-key': String(view.key),
    'aria-label': `${context.mine ? texts.you : author}, ${clockTime(message.date)}`,
  })
  row.append(
    el(
      'div',
      { class: `bubble${isOnlySticker(message) ? ' bare' : ''}` },
      context.showAuthor && el('p', { class: `author tint-text-${Math.abs(message.from?.id ?? 0) % 7}` }, author),
      forwardedLine(message),
      replyLine(context.repliedTo),
      attachment(message),
      body(message, actions),
      meta(view, context.mine),
    ),
  )
  const keyboard = message.reply_markup?.inline_keyboard
  if (keyboard) row.append(inlineKeyboard(view, keyboard, actions))
  return row
}

/** @param {Message} message */
function isOnlySticker(message) {
  return message.sticker !== undefined
}

/** @param {Message} message */
function forwardedLine(message) {
  const origin = message.forward_origin
  if (!origin) return undefined
  const name =
    origin.type === 'user'
      ? origin.sender_user.first_name
      : origin.type === 'hidden_user'
        ? origin.sender_user_name
        : texts.aChat
  return el('p', { class: 'forwarded' }, texts.forwardedFrom, el('b', {}, name))
}

/** @param {Message | undefined} repliedTo */
function replyLine(repliedTo) {
  if (!repliedTo) return undefined
  return el('p', { class: 'reply' }, el('b', {}, repliedTo.from?.first_name ?? ''), el('span', {}, summary(repliedTo)))
}

/** @param {Message} message */
function attachment(message) {
  if (message.sticker) return el('p', { class: 'sticker' }, message.sticker.emoji ?? '❔')
  const name = attachmentName(message)
  if (name === undefined) return undefined
  if (message.photo) return el('p', { class: 'photo' }, name)
  const kind = message.contact ? 'contact' : 'file'
  return el(
    'p',
    { class: 'attachment' },
    el('span', { class: `tile ${kind}`, 'aria-hidden': 'true' }),
    el('span', {}, name),
  )
}

/** @param {Message} message @param {TextActions} actions */
function body(message, actions) {
  const text = message.text ?? message.caption
  if (text === undefined) return undefined
  const entities = message.entities ?? message.caption_entities ?? []
  return el('div', { class: 'text', dir: 'auto' }, formattedText(text, entities, actions))
}

/** @param {MessageView} view @param {boolean} mine */
function meta({ message, silent }, mine) {
  return el(
    'p',
    { class: 'meta' },
    silent && el('span', { title: texts.silentTitle }, texts.silent),
    message.edit_date !== undefined && el('span', { class: 'edited' }, texts.edited),
    el('time', { datetime: new Date(message.date * 1000).toISOString() }, clockTime(message.date)),
    mine && el('span', { 'aria-hidden': 'true', class: 'checks' }, ' ✓✓'),
  )
}

/** @param {MessageView} view @param {InlineKeyboardButton[][]} rows @param {BubbleActions} actions */
function inlineKeyboard(view, rows, actions) {
  const lines = rows.map((row) => el('div', { class: 'key-row' }, ...row.map((key) => inlineKey(view, key, actions))))
  return el('div', { class: 'inline-keyboard', role: 'group', 'aria-label': texts.buttons }, ...lines)
}

/** @param {MessageView} view @param {InlineKeyboardButton} key @param {BubbleActions} actions */
function inlineKey(view, key, actions) {
  const style = 'style' in key && typeof key.style === 'string' && /^[a-z]+$/.test(key.style) ? ` ${key.style}` : ''
  const properties = { class: `key${style}` }
  if ('url' in key && key.url !== undefined) {
    const { url } = key
    return button(key.text, () => actions.openLink(url), { ...properties, title: url, class: `key link${style}` })
  }
  if ('copy_text' in key && key.copy_text !== undefined) {
    const { text } = key.copy_text
    return button(key.text, () => copy(text), properties)
  }
  if (!('callback_data' in key) || key.callback_data === undefined)
    return button(key.text, () => undefined, { ...properties, disabled: true })
  const data = key.callback_data
  const made = button(key.text, () => press(made, () => actions.tap(view, data)), properties)
  return made
}

/**
 * Shows that the bot has not answered yet, as the app does.
 * @param {HTMLButtonElement} pressed
 * @param {() => Promise<void>} work
 */
async function press(pressed, work) {
  if (pressed.getAttribute('aria-busy') === 'true') return
  pressed.setAttribute('aria-busy', 'true')
  await work()
  pressed.removeAttribute('aria-busy')
}

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text)
    toast(texts.copied)
  } catch {
    toast(texts.notCopied(text))
  }
}
