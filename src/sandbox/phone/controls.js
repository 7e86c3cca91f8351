/** @import { Store } from './store.js' */
import { BotCalls } from './bot-calls.js'
import { control } from './api.js'
import { languageSelect } from './chat-list.js'
import { el, toast } from './dom.js'
import { userName } from './names.js'
import { Weather } from './weather.js'

/**
 * @typedef {{ openLink: (text: string) => Promise<boolean>, report: (error: unknown) => void, showPhone: () => void }} ControlActions
 */

/** The panel beside the phone: what in the real world is done by people, @BotFather and the weather. */
export class Controls {
  #store
  #actions
  #people = el('select', { id: 'person' })
  #groupBot = el('select', { id: 'group-bot' })
  #bots = el('ul', { class: 'bots' })
  calls = new BotCalls()
  weather

  /** @param {HTMLElement} root @param {Store} store @param {ControlActions} actions */
  constructor(root, store, actions) {
    this.#store = store
    this.#actions = actions
    this.weather = new Weather(actions.report)
    this.#people.addEventListener('change', () => void store.switchTo(Number(this.#people.value)).catch(actions.report))
    root.replaceChildren(
      section('Person', el('label', { for: 'person' }, 'Whose phone is it?'), this.#people, this.#newPerson()),
      section('Open a link', this.#linkForm()),
      section('Weather', this.weather.element),
      section('What the bots call', this.calls.element),
      section('Bots and groups', this.#bots, this.#newBot(), this.#newGroup()),
    )
  }

  draw() {
    const { world, me } = this.#store
    const people = world.users.filter((user) => !user.deleted)
    fill(
      this.#people,
      people.map((user) => [user.id, `${userName(user)}${user.languageCode ? ` (${user.languageCode})` : ''}`]),
      me?.id,
    )
    fill(
      this.#groupBot,
      world.bots.map((bot) => [bot.id, `@${bot.username}`]),
    )
    this.#bots.replaceChildren(
      ...world.bots.map((bot) => el('li', {}, el('b', {}, `@${bot.username}`), ` ${bot.name}`)),
    )
  }

  #newPerson() {
    const name = el('input', { id: 'new-name', maxlength: '64', required: true, autocomplete: 'off' })
    const language = languageSelect('new-language', 'en')
    return folded(
      'New person',
      [labelled('First name', name), labelled('Language of the phone', language)],
      'Add',
      async () => {
        const user = await control('createUser', { firstName: name.value.trim(), languageCode: language.value })
        await this.#store.switchTo(user.id)
        this.#actions.showPhone()
      },
      this.#actions.report,
    )
  }

  #linkForm() {
    const link = el('input', {
      id: 'link',
      inputmode: 'url',
      placeholder: 'https://t.me/…',
      required: true,
      autocomplete: 'off',
      spellcheck: 'false',
    })
    return form(
      [labelled('A t.me link, as a bot or an account page gives it', link)],
      'Open',
      async () => {
        if (await this.#actions.openLink(link.value)) {
          link.value = ''
          this.#actions.showPhone()
        } else toast('This is no link to a bot of this sandbox.')
      },
      this.#actions.report,
    )
  }

  #newBot() {
    const name = el('input', { id: 'bot-name', maxlength: '64', required: true, autocomplete: 'off' })
    const username = el('input', {
      id: 'bot-username',
      pattern: '[A-Za-z][A-Za-z0-9_]{1,28}[bB][oO][tT]',
      title: 'Ends in bot',
      required: true,
      autocomplete: 'off',
      spellcheck: 'false',
    })
    const token = el('output', { class: 'token' })
    return folded(
      'New bot',
      [labelled('Name', name), labelled('Username, ends in bot', username), token],
      'Make',
      async () => {
        const bot = await control('createBot', { name: name.value, username: username.value })
        token.textContent = `Its token: ${bot.token}`
      },
      this.#actions.report,
    )
  }

  #newGroup() {
    const title = el('input', { id: 'group-title', maxlength: '128', required: true, autocomplete: 'off' })
    return folded(
      'New group',
      [labelled('Title', title), labelled('With the bot', this.#groupBot)],
      'Make',
      async () => {
        const me = this.#store.me
        if (!me) return
        const chat = await control('createChat', { type: 'group', title: title.value, members: [me.id] })
        if (this.#groupBot.value)
          await control('addMember', { chat: chat.id, member: Number(this.#groupBot.value), by: me.id })
        await this.#store.open({ chat: chat.id })
        this.#actions.showPhone()
      },
      this.#actions.report,
    )
  }
}

/** @param {string} title @param {...Node} content */
function section(title, ...content) {
  return el('section', {}, el('h2', {}, title), ...content)
}

/** @param {string} text @param {HTMLElement} field */
function labelled(text, field) {
  return el('p', { class: 'field' }, el('label', { for: field.id }, text), field)
}

/**
 * @param {Node[]} fields
 * @param {string} label
 * @param {() => Promise<void>} submit
 * @param {(error: unknown) => void} report
 */
function form(fields, label, submit, report) {
  return el(
    'form',
    {
      submit: (event) => {
        event.preventDefault()
        submit().catch(report)
      },
    },
    ...fields,
    el('button', { type: 'submit' }, label),
  )
}

/**
 * @param {string} title
 * @param {Node[]} fields
 * @param {string} label
 * @param {() => Promise<void>} submit
 * @param {(error: unknown) => void} report
 */
function folded(title, fields, label, submit, report) {
  return el('details', {}, el('summary', {}, title), form(fields, label, submit, report))
}

/** @param {HTMLSelectElement} select @param {[number, string][]} options @param {number} [chosen] */
function fill(select, options, chosen) {
  const drawn = JSON.stringify(options)
  const value = String(chosen ?? select.value)
  if (select.dataset.drawn !== drawn) {
    select.dataset.drawn = drawn
    select.replaceChildren(...options.map(([id, name]) => el('option', { value: String(id) }, name)))
  }
  if (options.some(([id]) => String(id) === value)) select.value = value
}
