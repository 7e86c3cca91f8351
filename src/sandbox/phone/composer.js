/** @import { BotView, MessageView, SendContent } from '../control-types.ts' */
import { button, el } from './dom.js'
import { texts } from './texts.js'

/** Things other than text that a person may send, to see what a bot makes of them. */
/** @type {[string, SendContent][]} */
const ATTACHMENTS = [
  [texts.photo, { photo: true }],
  [texts.photoWithText, { photo: true, text: texts.photoText }],
  [texts.sticker, { sticker: '👋' }],
  [texts.file, { document: { name: 'notes.txt', mimeType: 'text/plain' } }],
  [texts.contact, { contact: { phoneNumber: '+10000000000', firstName: 'Bob' } }],
]

/** The line at the bottom in which one writes. It outlives redraws, so that nobody loses what they type. */
export class Composer {
  #input = el('textarea', {
    rows: '1',
    'aria-label': texts.message,
    placeholder: texts.message,
    dir: 'auto',
    autocomplete: 'off',
    maxlength: '4096',
  })
  #menu = el('div', { class: 'popup', hidden: true })
  #keys = el('div', { class: 'reply-keyboard', role: 'group', 'aria-label': texts.suggestedAnswers, hidden: true })
  #commandsButton = button(texts.menu, () => this.#toggle(this.#commandItems()), {
    class: 'menu-button',
    'aria-haspopup': 'true',
  })
  /** @type {BotView['commands']} */
  #commands = []
  /** @type {(content: SendContent) => unknown} */
  #send
  element

  /** @param {(content: SendContent) => unknown} send */
  constructor(send) {
    this.#send = send
    const form = el(
      'form',
      {
        class: 'composer',
        submit: (event) => {
          event.preventDefault()
          this.#sendText()
        },
      },
      this.#commandsButton,
      this.#input,
      button('+', () => this.#toggle(this.#attachmentItems()), {
        class: 'icon-button',
        'aria-label': texts.sendOther,
      }),
      el('button', { type: 'submit', class: 'send', 'aria-label': texts.send }, '➤'),
    )
    this.element = el('div', { class: 'composer-area' }, this.#menu, form, this.#keys)
    this.#input.addEventListener('input', () => this.#typed())
    this.#input.addEventListener('keydown', (event) => this.#key(event))
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.#toggle([])
    })
  }

  /** @param {readonly { command: string, description: string }[]} commands */
  setCommands(commands) {
    this.#commands = [...commands]
    this.#commandsButton.hidden = commands.length === 0
  }

  /** @param {MessageView['keyboard']} keyboard the newest that came in this chat */
  setKeyboard(keyboard) {
    const rows = keyboard && 'keyboard' in keyboard ? keyboard.keyboard : []
    const words = rows.map((row) => row.map((key) => (typeof key === 'string' ? key : key.text)))
    const signature = JSON.stringify(words)
    if (this.#keys.dataset.signature !== signature) {
      this.#keys.dataset.signature = signature
      this.#keys.replaceChildren(...words.map((row) => this.#keyRow(row)))
      this.#keys.hidden = words.length === 0
    }
    const field = keyboard && 'input_field_placeholder' in keyboard ? keyboard.input_field_placeholder : undefined
    this.#input.placeholder = field ?? texts.message
  }

  focus() {
    this.#input.focus()
  }

  /** @param {string[]} row */
  #keyRow(row) {
    return el(
      'div',
      { class: 'key-row' },
      ...row.map((word) => button(word, () => this.#send({ text: word }), { class: 'key' })),
    )
  }

  #sendText() {
    const text = this.#input.value
    if (text.trim() === '') return
    this.#input.value = ''
    this.#typed()
    this.#send({ text })
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    this.#sendText()
  }

  #typed() {
    this.#input.style.height = 'auto'
    this.#input.style.height = `${Math.min(this.#input.scrollHeight, 140)}px`
    const typed = /^\/(\w*)$/.exec(this.#input.value)?.[1]
    this.#show(typed === undefined ? [] : this.#commandItems(typed))
  }

  /** @param {string} [typed] the beginning of a command */
  #commandItems(typed = '') {
    return this.#commands
      .filter(({ command }) => command.startsWith(typed.toLowerCase()))
      .map(({ command, description }) => {
        const item = button('', () => this.#choose({ text: `/${command}` }), { class: 'popup-item' })
        item.append(el('b', {}, `/${command}`), el('span', {}, description))
        return item
      })
  }

  #attachmentItems() {
    return ATTACHMENTS.map(([name, content]) => button(name, () => this.#choose(content), { class: 'popup-item' }))
  }

  /** @param {SendContent} content */
  #choose(content) {
    this.#input.value = ''
    this.#toggle([])
    this.#send(content)
    this.focus()
  }

  /** @param {HTMLButtonElement[]} items */
  #toggle(items) {
    const isSame = !this.#menu.hidden && this.#menu.children.length === items.length
    this.#show(isSame ? [] : items)
    if (!isSame) items[0]?.focus()
  }

  /** @param {HTMLButtonElement[]} items */
  #show(items) {
    this.#menu.replaceChildren(...items)
    this.#menu.hidden = items.length === 0
  }
}
