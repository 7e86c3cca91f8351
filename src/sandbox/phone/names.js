/** @import { ChatView, MessageView, Place, UserView } from '../control-types.ts' */
/** @import { Message } from '@grammyjs/types' */
import { texts } from './texts.js'

/** Written from right to left, or a mark that says so. */
const TURNS = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]/

/**
 * A name in a sentence of ours, which it must not turn around.
 * @param {string} name
 */
function isolated(name) {
  return TURNS.test(name) ? `\u2068${name.replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, '')}\u2069` : name
}

/** @param {UserView} user */
export function userName(user) {
  return [user.firstName, user.lastName].filter(Boolean).join(' ')
}

/**
 * What the place is called, and a number for its colour.
 * @param {import('./store.js').Store} store
 * @param {Place} place
 */
export function placeName(store, place) {
  const bot = store.bot(place)
  if (bot) return { name: bot.name, id: bot.id }
  const chat = store.chat(place)
  return { name: chat?.title ?? texts.deletedChat, id: chat?.id ?? 0 }
}

/**
 * One line about a message: for the list of chats, and for what an answer refers to.
 * @param {Message} message
 * @returns {string}
 */
export function summary(message) {
  const service = serviceText(message)
  if (service !== undefined) return service
  const kind = attachmentName(message)
  const text = message.text ?? message.caption ?? ''
  return kind === undefined ? text : [kind, text].filter(Boolean).join(', ')
}

/**
 * @param {Message} message
 * @returns {string | undefined}
 */
export function attachmentName(message) {
  if (message.photo) return texts.photo
  if (message.document) return message.document.file_name ?? texts.file
  if (message.sticker) return `${message.sticker.emoji ?? ''} ${texts.sticker}`.trim()
  if (message.contact) return `${texts.contact}: ${isolated(message.contact.first_name)}`
  if (message.video) return texts.video
  if (message.audio) return texts.audio
  if (message.voice) return texts.voice
  return undefined
}

/**
 * What a service message says; undefined for messages that somebody wrote.
 * @param {Message} message
 * @returns {string | undefined}
 */
export function serviceText(message) {
  const who = isolated(message.from?.first_name ?? texts.somebody)
  if (message.new_chat_members) {
    const joined = message.new_chat_members.map((member) => isolated(member.first_name)).join(', ')
    return joined === who ? texts.service.joined(who) : texts.service.added(who, joined)
  }
  if (message.left_chat_member) {
    const left = isolated(message.left_chat_member.first_name)
    return left === who ? texts.service.left(left) : texts.service.removed(who, left)
  }
  if (message.group_chat_created) return texts.service.groupCreated(who)
  if (message.supergroup_chat_created) return texts.service.supergroupCreated(who)
  if (message.channel_chat_created) return texts.service.channelCreated
  if (message.migrate_to_chat_id !== undefined) return texts.service.becameSupergroup
  if (message.migrate_from_chat_id !== undefined) return texts.service.wasGroup
  if (message.new_chat_title !== undefined) return texts.service.renamed(who, isolated(message.new_chat_title))
  if (message.pinned_message) return texts.service.pinned(who)
  if (message.forum_topic_created) return texts.service.topicCreated(isolated(message.forum_topic_created.name))
  if (message.forum_topic_closed) return texts.service.topicClosed
  if (message.forum_topic_reopened) return texts.service.topicReopened
  return undefined
}

/** @param {number} unixSeconds */
export function clockTime(unixSeconds) {
  return new Date(unixSeconds * 1000).toLocaleTimeString(texts.locale, { hour: '2-digit', minute: '2-digit' })
}

/** @param {number} unixSeconds */
export function day(unixSeconds) {
  return new Date(unixSeconds * 1000).toLocaleDateString(texts.locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  })
}

/** @param {MessageView} a @param {MessageView} b */
export function byKey(a, b) {
  return a.key - b.key
}

/** @param {ChatView} chat */
export function membersText(chat) {
  const present = chat.members.filter((member) => member.status !== 'left' && member.status !== 'kicked')
  const kind = chat.type === 'channel' ? texts.channel : texts.group
  return `${kind}, ${texts.members(present.length)}`
}
