/** @import { MessageView, Place } from '../control-types.ts' */
/** @import { Store } from './store.js' */
import { avatar, el } from './dom.js'
import { byKey, clockTime, placeName, summary, userName } from './names.js'
import { texts } from './texts.js'

/**
 * The first screen: whose phone it is, the chats with the newest first, and the bots that one may start.
 * @param {Store} store
 * @param {(place: Place) => unknown} open
 * @param {string} empty what to say where there is no bot
 */
export function chatList(store, open, empty) {
  const { me } = store
  if (!me) return []
  const started = store.world.bots.filter((bot) => store.dialog({ bot: bot.id })?.started)
  const fresh = store.world.bots.filter((bot) => !started.includes(bot))
  /** @type {Place[]} */
  const places = [...started.map((bot) => ({ bot: bot.id })), ...store.groupsOf(me).map((chat) => ({ chat: chat.id }))]
  const rows = places.map((place) => ({ place, last: store.recentOf(place).toSorted(byKey).at(-1) }))
  rows.sort((a, b) => (b.last?.key ?? 0) - (a.last?.key ?? 0))
  return [
    el(
      'header',
      { class: 'screen-head' },
      avatar(me.firstName, me.id),
      el('div', { class: 'titles' }, el('h1', {}, texts.chats), el('p', {}, userName(me))),
    ),
    el(
      'div',
      { class: 'scroll list' },
      rows.length > 0 && el('ul', {}, ...rows.map(({ place, last }) => chatRow(store, place, last, open))),
      fresh.length > 0 && el('h2', {}, texts.startable),
      fresh.length > 0 && el('ul', {}, ...fresh.map((bot) => chatRow(store, { bot: bot.id }, undefined, open))),
      rows.length + fresh.length === 0 && el('p', { class: 'empty' }, empty),
    ),
  ]
}

/**
 * @param {Store} store
 * @param {Place} place
 * @param {MessageView | undefined} last
 * @param {(place: Place) => unknown} open
 */
function chatRow(store, place, last, open) {
  const { name, id } = placeName(store, place)
  const bot = store.bot(place)
  const unread = store.unread(place)
  const preview = last ? summary(last.message) : bot ? `@${bot.username}` : ''
  const row = el(
    'button',
    { type: 'button', class: 'chat-row', click: () => open(place) },
    avatar(name, id),
    el('span', { class: 'chat-name' }, name),
    last && el('time', { class: 'chat-time' }, clockTime(last.message.date)),
    el('span', { class: 'chat-preview' }, preview),
    unread > 0 && el('span', { class: 'badge', 'aria-hidden': 'true' }, String(unread)),
    unread > 0 && el('span', { class: 'unseen' }, texts.unread(unread)),
  )
  return el('li', {}, row)
}

/**
 * The very first screen: nobody has a phone yet.
 * @param {(name: string, languageCode: string) => unknown} begin
 */
export function welcome(begin) {
  const name = el('input', {
    id: 'first-name',
    name: 'name',
    value: 'Ann',
    maxlength: '64',
    required: true,
    autocomplete: 'off',
  })
  const language = languageSelect('first-language', navigator.language.startsWith('ru') ? 'ru' : 'en')
  const form = el(
    'form',
    {
      class: 'welcome',
      submit: (event) => {
        event.preventDefault()
        begin(name.value.trim() || 'Ann', language.value)
      },
    },
    el('h1', {}, 'Whose phone is this?'),
    el('p', {}, 'Make a person up. You will write to bots as this person, and see what they answer.'),
    el('label', { for: 'first-name' }, 'First name'),
    name,
    el('label', { for: 'first-language' }, 'Language of the phone'),
    language,
    el('button', { type: 'submit', class: 'primary' }, 'Switch the phone on'),
  )
  return [el('div', { class: 'scroll' }, form)]
}

/** The languages that one can choose for a person: what bots get to know as `language_code`. */
const LANGUAGES = { en: 'English', ru: 'Русский', de: 'Deutsch', es: 'Español', fr: 'Français', uk: 'Українська' }

/** @param {string} id @param {string} chosen */
export function languageSelect(id, chosen) {
  const options = Object.entries(LANGUAGES).map(([code, name]) =>
    el('option', { value: code, lang: code, selected: code === chosen }, name),
  )
  return el('select', { id }, ...options)
}
