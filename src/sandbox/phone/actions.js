/** @import { MessageView, Place, SendContent } from '../control-types.ts' */
/** @import { Store } from './store.js' */
/** @import { BotLink } from './links.js' */
import { control } from './api.js'
import { alertBox, toast } from './dom.js'
import { isOpenable, readBotLink } from './links.js'
import { texts } from './texts.js'

/** How long a pressed button waits for the bot, in milliseconds; then it looks as before. */
const ANSWER_MS = 15_000

/** What a person does with the phone. Nothing here draws; the store hears of every change by itself. */
export class Actions {
  #store

  /** @param {Store} store */
  constructor(store) {
    this.#store = store
  }

  get #user() {
    const { me } = this.#store
    if (!me) throw new Error('Nobody has this phone yet.')
    return me.id
  }

  /** @param {Place} place @param {string} [payload] */
  async start(place, payload) {
    await control('start', { user: this.#user, bot: place.bot, ...(payload && { payload }) })
    await this.#store.refresh()
  }

  /** @param {Place} place @param {SendContent} content */
  async send(place, content) {
    await control('send', { ...place, ...content, user: this.#user })
    await this.#store.refresh()
  }

  /** @param {Place} place @param {'block' | 'unblock'} what */
  async setBlocked(place, what) {
    await control(what, { user: this.#user, bot: place.bot })
    await this.#store.refresh()
  }

  /**
   * Taps a button and waits for the bot's answer to show it.
   * @param {MessageView} view
   * @param {string} data
   */
  async tap(view, data) {
    let callback = await control('tap', { user: this.#user, message: view.key, button: data })
    const deadline = Date.now() + ANSWER_MS
    while (!callback.answer && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 150))
      callback = await control('callback', { id: callback.id })
    }
    const { answer } = callback
    if (answer?.url) await this.openLink(answer.url)
    if (answer?.text && answer.showAlert) alertBox(answer.text)
    else if (answer?.text) toast(answer.text)
  }

  /**
   * A link in a message or on a button: bots open here, everything else in a new tab.
   * @param {string} url
   */
  async openLink(url) {
    const link = readBotLink(url)
    if (link && (await this.follow(link))) return
    if (isOpenable(url)) window.open(url, '_blank', 'noopener,noreferrer')
  }

  /**
   * Opens the chat with a bot, and presses Start where the link says so. False when there is no such bot.
   * @param {BotLink} link
   */
  async follow(link) {
    const bot = await this.#store.findBot(link.bot)
    if (!bot) return false
    if (link.startGroup !== undefined) {
      await this.#addToNewGroup(bot.id, link.startGroup)
      return true
    }
    await this.#store.open({ bot: bot.id })
    if (link.start !== undefined) await this.start({ bot: bot.id }, link.start)
    return true
  }

  /** What the app does when one chooses "new group" for a `startgroup` link. @param {number} bot @param {string} payload */
  async #addToNewGroup(bot, payload) {
    const title = texts.groupOf(this.#store.me?.firstName)
    const chat = await control('createChat', { type: 'group', title, members: [this.#user] })
    await control('addMember', { chat: chat.id, member: bot, by: this.#user, ...(payload && { payload }) })
    await this.#store.open({ chat: chat.id })
  }
}
