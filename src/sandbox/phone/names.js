/** @import { ChatView, MessageView, Place, UserView } from '../control-types.ts' */
/** @import { Message } from '@grammyjs/types' */

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
  return { name: chat?.title ?? 'Deleted chat', id: chat?.id ?? 0 }
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
  if (message.photo) return 'Photo'
  if (message.document) return message.document.file_name ?? 'File'
  if (message.sticker) return `${message.sticker.emoji ?? ''} Sticker`.trim()
  if (message.contact) return `Contact: ${message.contact.first_name}`
  if (message.video) return 'Video'
  if (message.audio) return 'Audio'
  if (message.voice) return 'Voice message'
  return undefined
}

/**
 * What a service message says; undefined for messages that somebody wrote.
 * @param {Message} message
 * @returns {string | undefined}
 */
export function serviceText(message) {
  const who = message.from?.first_name ?? 'Somebody'
  if (message.new_chat_members) {
    const joined = message.new_chat_members.map((member) => member.first_name).join(', ')
    return joined === who ? `${who} joined the group` : `${who} added ${joined}`
  }
  if (message.left_chat_member) {
    const left = message.left_chat_member.first_name
    return left === who ? `${left} left the group` : `${who} removed ${left}`
  }
  if (message.group_chat_created) return `${who} created the group`
  if (message.supergroup_chat_created) return `${who} created the supergroup`
  if (message.channel_chat_created) return 'Channel created'
  if (message.migrate_to_chat_id !== undefined) return 'The group became a supergroup'
  if (message.migrate_from_chat_id !== undefined) return 'This supergroup was a group before'
  if (message.new_chat_title !== undefined) return `${who} called the group «${message.new_chat_title}»`
  if (message.pinned_message) return `${who} pinned a message`
  if (message.forum_topic_created) return `Topic «${message.forum_topic_created.name}» created`
  if (message.forum_topic_closed) return 'Topic closed'
  if (message.forum_topic_reopened) return 'Topic reopened'
  return undefined
}

/** @param {number} unixSeconds */
export function clockTime(unixSeconds) {
  return new Date(unixSeconds * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
}

/** @param {number} unixSeconds */
export function day(unixSeconds) {
  return new Date(unixSeconds * 1000).toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long' })
}

/** @param {MessageView} a @param {MessageView} b */
export function byKey(a, b) {
  return a.key - b.key
}

/** @param {ChatView} chat */
export function membersText(chat) {
  const present = chat.members.filter((member) => member.status !== 'left' && member.status !== 'kicked')
  const kind = chat.type === 'channel' ? 'channel' : 'group'
  return `${kind}, ${present.length} ${present.length === 1 ? 'member' : 'members'}`
}
