/** @import { Place } from '../control-types.ts' */
/** @import { Actions } from './actions.js' */
/** @import { Store } from './store.js' */
import { ChatList } from './chat-list.js'
import { ChatView } from './chat-view.js'

/**
 * @typedef {object} ScreenOptions
 * @property {(work: () => Promise<unknown>) => Promise<void>} doing does it, and says so when it could not be done
 * @property {string} noBots what the list says where there is no bot
 * @property {() => boolean} mayTakeFocus whether the chat that was opened may take the focus
 */

/** What stands on the phone: the list of chats, one of them, or something that its page puts there. */
export class Screens {
  #root
  #store
  #actions
  #options
  #list
  /** @type {{ place: Place, view: ChatView } | undefined} */
  #open
  #screen = ''

  /** @param {HTMLElement} root @param {Store} store @param {Actions} actions @param {ScreenOptions} options */
  constructor(root, store, actions, options) {
    this.#root = root
    this.#store = store
    this.#actions = actions
    this.#options = options
    this.#list = new ChatList(store, (place) => this.#openPlace(place), options.noBots)
  }

  draw() {
    const { place } = this.#store
    if (!place) return this.#drawList()
    if (this.#open?.place === place && this.#screen === 'chat') return this.#open.view.draw()
    const view = this.#chatView(place)
    this.#open = { place, view }
    this.#screen = 'chat'
    this.#root.replaceChildren(...view.elements)
    view.draw()
    if (this.#options.mayTakeFocus()) view.focus()
  }

  /**
   * Something else, drawn once.
   * @param {string} name
   * @param {() => Node[]} make
   */
  drawOther(name, make) {
    if (this.#screen === name) return
    this.#screen = name
    this.#root.replaceChildren(...make())
  }

  #drawList() {
    if (this.#screen !== 'list') this.#root.replaceChildren(...this.#list.elements)
    this.#screen = 'list'
    this.#list.draw()
  }

  /** @param {Place | undefined} place */
  #openPlace(place) {
    return this.#options.doing(() => this.#store.open(place))
  }

  /** @param {Place} place */
  #chatView(place) {
    const actions = this.#actions
    const { doing } = this.#options
    return new ChatView(this.#store, place, {
      back: () => this.#openPlace(undefined),
      start: () => doing(() => actions.start(place)),
      send: (content) => doing(() => actions.send(place, content)),
      block: () => doing(() => actions.setBlocked(place, 'block')),
      unblock: () => doing(() => actions.setBlocked(place, 'unblock')),
      tap: (view, data) => doing(() => actions.tap(view, data)),
      openLink: (url) => doing(() => actions.openLink(url)),
      openMention: (name) => doing(() => actions.follow({ bot: name })),
      sendCommand: (command) => doing(() => actions.send(place, { text: command })),
    })
  }
}
