/** @import { MessageView, Place, SendContent } from '../control-types.ts' */
/** @import { BubbleActions } from './bubble.js' */
/** @import { Store } from './store.js' */
import { bubble } from './bubble.js'
import { Composer } from './composer.js'
import { arrange, avatar, button, el } from './dom.js'
import { day, membersText, placeName } from './names.js'
import { texts } from './texts.js'

/**
 * @typedef {BubbleActions & {
 *   back: () => unknown,
 *   start: () => Promise<void>,
 *   send: (content: SendContent) => Promise<void>,
 *   block: () => Promise<void>,
 *   unblock: () => Promise<void>,
 * }} ChatActions
 */

/** One open chat. Messages are added and changed one by one, so that focus and revealed spoilers stay. */
export class ChatView {
  #store
  #place
  #actions
  #head = el('header', { class: 'screen-head' })
  #back = button('‹', () => this.#actions.back(), { class: 'icon-button back', 'aria-label': texts.back })
  #block = button('', () => (this.#isBlocked() ? this.#actions.unblock() : this.#actions.block()), { class: 'quiet' })
  #log = el('ol', { class: 'log' })
  #scroll = el(
    'div',
    { class: 'scroll wallpaper', role: 'log', tabindex: '0', 'aria-label': texts.messages },
    this.#log,
  )
  #foot = el('footer', { class: 'foot' })
  #composer
  /** @type {Map<number, { row: HTMLElement, drawn: string }>} */
  #rows = new Map()
  #mode = ''
  /** Who reads the newest message goes on reading the newest; who has scrolled up is left in peace. */
  #followsEnd = true
  elements

  /** @param {Store} store @param {Place} place @param {ChatActions} actions */
  constructor(store, place, actions) {
    this.#store = store
    this.#place = place
    this.#actions = actions
    this.#composer = new Composer((content) => actions.send(content))
    this.elements = [this.#head, this.#scroll, this.#foot]
    this.#scroll.addEventListener('scroll', () => {
      const { scrollHeight, scrollTop, clientHeight } = this.#scroll
      this.#followsEnd = scrollHeight - scrollTop - clientHeight < 80
    })
    // What grows below (a keyboard, a long text) must not push the newest message out of sight.
    new ResizeObserver(() => this.#followsEnd && this.#scrollToEnd()).observe(this.#scroll)
  }

  draw() {
    this.#drawHead()
    this.#drawFoot()
    this.#drawMessages()
    if (this.#followsEnd) this.#scrollToEnd()
  }

  #scrollToEnd() {
    this.#scroll.scrollTop = this.#scroll.scrollHeight
  }

  focus() {
    const first = this.#foot.querySelector('button.primary')
    if (first instanceof HTMLElement) first.focus()
    else this.#composer.focus()
  }

  #drawHead() {
    const { name, id } = placeName(this.#store, this.#place)
    const line = this.#statusLine()
    const dialog = this.#store.dialog(this.#place)
    const drawn = JSON.stringify([name, id, line, dialog?.started, dialog?.blocked])
    if (this.#head.dataset.drawn === drawn) return
    this.#head.dataset.drawn = drawn
    this.#block.textContent = this.#isBlocked() ? texts.unblock : texts.block
    arrange(this.#head, [
      this.#back,
      avatar(name, id),
      el('div', { class: 'titles' }, el('h1', {}, name), el('p', {}, line)),
      ...(dialog?.started ? [this.#block] : []),
    ])
  }

  #statusLine() {
    const chat = this.#store.chat(this.#place)
    if (chat) return membersText(chat)
    const action = this.#store.dialog(this.#place)?.action
    if (action && action.untilMs > this.#store.world.nowMs) return texts.action(action.name)
    return this.#isBlocked() ? texts.blockedByYou : `${texts.bot}, @${this.#store.bot(this.#place)?.username ?? ''}`
  }

  #isBlocked() {
    return this.#store.dialog(this.#place)?.blocked === true
  }

  #drawMessages() {
    const { messages } = this.#store
    const keys = new Set(messages.map((view) => view.key))
    for (const [key, { row }] of this.#rows) {
      if (!keys.has(key)) {
        row.remove()
        this.#rows.delete(key)
      }
    }
    for (const [index, view] of messages.entries()) this.#drawMessage(view, messages[index - 1])
    this.#log.dataset.empty = messages.length === 0 ? texts.nothingYet : ''
  }

  /** @param {MessageView} view @param {MessageView | undefined} previous */
  #drawMessage(view, previous) {
    const drawn = JSON.stringify(view)
    const known = this.#rows.get(view.key)
    if (known?.drawn === drawn) return
    const mine = !view.fromBot && view.message.from?.id === this.#store.me?.id
    const repliedTo = view.message.reply_to_message
    const context = { mine, showAuthor: !mine && this.#place.bot === undefined, repliedTo }
    const row = bubble(view, context, this.#actions)
    if (!previous || day(previous.message.date) !== day(view.message.date)) row.dataset.day = day(view.message.date)
    if (known) known.row.replaceWith(row)
    else this.#log.append(row)
    this.#rows.set(view.key, { row, drawn })
  }

  #drawFoot() {
    const dialog = this.#store.dialog(this.#place)
    const mode =
      this.#place.bot === undefined || (dialog?.started && !dialog.blocked)
        ? 'write'
        : dialog?.blocked
          ? 'blocked'
          : 'new'
    const about = this.#store.aboutBot(this.#place)
    this.#composer.setCommands(about?.commands ?? [])
    this.#composer.setKeyboard(this.#store.messages.findLast((view) => view.keyboard)?.keyboard)
    this.#drawGreeting(mode === 'new' ? about?.description : undefined)
    if (mode === this.#mode) return
    this.#mode = mode
    if (mode === 'write') this.#foot.replaceChildren(this.#composer.element)
    if (mode === 'new')
      this.#foot.replaceChildren(button(texts.start, () => this.#actions.start(), { class: 'primary wide' }))
    if (mode === 'blocked') {
      this.#foot.replaceChildren(button(texts.unblockBot, () => this.#actions.unblock(), { class: 'primary wide' }))
    }
    if (this.#foot.isConnected && document.activeElement === document.body && document.hasFocus()) this.focus()
  }

  /** What a bot says about itself before one starts it. @param {string | undefined} description */
  #drawGreeting(description) {
    const known = this.#scroll.querySelector('.greeting')
    if (!description) return known?.remove()
    if (known?.lastChild?.textContent === description) return
    const text = el('div', { class: 'greeting' }, el('h2', {}, texts.whatCanItDo), el('p', {}, description))
    if (known) known.replaceWith(text)
    else this.#scroll.prepend(text)
  }
}
