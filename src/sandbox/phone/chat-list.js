/** @import { MessageView, Place, UserView } from '../control-types.ts' */
/** @import { Store } from './store.js' */
import { arrange, avatar, el } from './dom.js'
import { byKey, clockTime, placeName, summary, userName } from './names.js'
import { texts } from './texts.js'

/**
 * The first screen: whose phone it is, the chats with the newest first, and the bots that one may start. Rows are changed one by one, so
 * that the focus stays, and so does what is pressed: of a row that is replaced before it is let go nobody hears.
 */
export class ChatList {
  #store
  #open
  #head = el('header', { class: 'screen-head' })
  #chats = el('ul')
  #startable = el('h2', {}, texts.startable)
  #fresh = el('ul')
  #empty
  /** @type {Map<string, { item: HTMLElement, row: HTMLElement, drawn: string }>} */
  #rows = new Map()
  elements

  /**
   * @param {Store} store
   * @param {(place: Place) => unknown} open
   * @param {string} empty what to say where there is no bot
   */
  constructor(store, open, empty) {
    this.#store = store
    this.#open = open
    this.#empty = el('p', { class: 'empty' }, empty)
    const all = [this.#chats, this.#startable, this.#fresh, this.#empty]
    this.elements = [this.#head, el('div', { class: 'scroll list' }, ...all)]
  }

  draw() {
    const store = this.#store
    const { me } = store
    if (!me) return
    const started = store.world.bots.filter((bot) => store.dialog({ bot: bot.id })?.started)
    const fresh = store.world.bots.filter((bot) => !started.includes(bot))
    /** @type {Place[]} */
    const places = [
      ...started.map((bot) => ({ bot: bot.id })),
      ...store.groupsOf(me).map((chat) => ({ chat: chat.id })),
    ]
    const chats = places.map((place) => ({ place, last: store.recentOf(place).toSorted(byKey).at(-1) }))
    chats.sort((a, b) => (b.last?.key ?? 0) - (a.last?.key ?? 0))
    this.#drawHead(me)
    this.#drawRows([
      [this.#chats, chats],
      [this.#fresh, fresh.map((bot) => ({ place: { bot: bot.id } }))],
    ])
    this.#chats.hidden = chats.length === 0
    for (const part of [this.#startable, this.#fresh]) part.hidden = fresh.length === 0
    this.#empty.hidden = chats.length + fresh.length > 0
  }

  /** @param {UserView} me */
  #drawHead(me) {
    const drawn = JSON.stringify([me.firstName, me.id, userName(me)])
    if (this.#head.dataset.drawn === drawn) return
    this.#head.dataset.drawn = drawn
    this.#head.replaceChildren(
      avatar(me.firstName, me.id),
      el('div', { class: 'titles' }, el('h1', {}, texts.chats), el('p', {}, userName(me))),
    )
  }

  /** @param {[HTMLElement, { place: Place, last?: MessageView | undefined }[]][]} lists */
  #drawRows(lists) {
    for (const [list, rows] of lists) {
      arrange(
        list,
        rows.map(({ place, last }) => this.#drawRow(place, last)),
      )
    }
    for (const [key, { item }] of this.#rows) if (!item.parentElement) this.#rows.delete(key)
  }

  /** @param {Place} place @param {MessageView | undefined} last */
  #drawRow(place, last) {
    const key = JSON.stringify(place)
    const known = this.#rows.get(key)
    const row = known?.row ?? el('button', { type: 'button', class: 'chat-row', click: () => this.#open(place) })
    const item = known?.item ?? el('li', {}, row)
    const content = rowContent(this.#store, place, last)
    const drawn = content.map((part) => part && part.outerHTML).join('')
    if (known?.drawn !== drawn) row.replaceChildren(...content.filter((part) => part !== undefined))
    this.#rows.set(key, { item, row, drawn })
    return item
  }
}

/**
 * @param {Store} store
 * @param {Place} place
 * @param {MessageView | undefined} last
 */
function rowContent(store, place, last) {
  const { name, id } = placeName(store, place)
  const bot = store.bot(place)
  const unread = store.unread(place)
  const preview = last ? summary(last.message) : bot ? `@${bot.username}` : ''
  return [
    avatar(name, id),
    el('span', { class: 'chat-name' }, name),
    last && el('time', { class: 'chat-time' }, clockTime(last.message.date)),
    el('span', { class: 'chat-preview' }, preview),
    ...(unread > 0
      ? [
          el('span', { class: 'badge', 'aria-hidden': 'true' }, String(unread)),
          el('span', { class: 'unseen' }, texts.unread(unread)),
        ]
      : []),
  ]
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
