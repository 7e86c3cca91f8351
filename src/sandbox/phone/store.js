/** @import { BotView, ChatView, DialogView, MessageView, Place, UserView, WorldState } from '../control-types.ts' */
import { CallError, control } from './api.js'

/** So many of the newest messages of an open chat are drawn. */
const SHOWN = 300

/** What the phone knows. The world is the sandbox's; who holds the phone and what is open is this tab's. */
export class Store {
  /** @type {WorldState} */
  world = { revision: -1, nowMs: 0, url: '', bots: [], users: [], chats: [], dialogs: [] }
  /** @type {MessageView[]} The newest of all chats of this user, for the list. */
  recent = []
  /** @type {MessageView[]} */
  messages = []
  /** @type {Place | undefined} */
  place
  /** @type {Set<() => void>} */
  #listeners = new Set()
  /** @type {Map<string, number>} The newest message that was looked at, by chat; a reload does not make all new. */
  #seen = new Map(JSON.parse(sessionStorage.getItem('seen') ?? '[]'))
  /** @type {Map<number, BotView>} Bots that were looked up. */
  #found = new Map()
  /** @type {Promise<void> | undefined} */
  #reading
  #again = false

  /** @param {() => void} listener */
  onChange(listener) {
    this.#listeners.add(listener)
  }

  /** @returns {UserView | undefined} */
  get me() {
    const people = this.world.users.filter((user) => !user.deleted)
    return people.find((user) => user.id === Number(sessionStorage.getItem('user'))) ?? people[0]
  }

  /** @param {number} userId */
  async switchTo(userId) {
    sessionStorage.setItem('user', String(userId))
    this.place = undefined
    await this.refresh()
  }

  /** @param {Place | undefined} place */
  async open(place) {
    this.place = place
    this.messages = []
    await this.refresh()
  }

  /** Reads the world anew; resolves when what was there at the call has been read and drawn. */
  refresh() {
    this.#again = true
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  /** Calls that come while it reads make it read once more. */
  async #readAll() {
    while (this.#again) {
      this.#again = false
      await this.#read()
    }
  }

  async #read() {
    this.world = await control('state')
    const { bots } = this.world
    bots.push(...[...this.#found.values()].filter(({ id }) => !bots.some((bot) => bot.id === id)))
    const me = this.me
    if (!me) this.place = undefined
    const { place } = this
    if (me) this.recent = await this.#newest(me)
    if (me && place) {
      const query = place.bot === undefined ? { chat: place.chat } : { user: me.id, bot: place.bot }
      const messages = await control('messages', { ...query, limit: SHOWN })
      // Of a chat that was left meanwhile.
      if (place === this.place) this.messages = messages
    }
    if (place !== this.place) this.#again = true
    const last = this.messages.at(-1)
    if (place && last) this.#see(placeKey(me, place), last.key)
    for (const listener of this.#listeners) listener()
  }

  /** @param {string} where @param {number} key */
  #see(where, key) {
    if (this.#seen.get(where) === key) return
    this.#seen.set(where, key)
    sessionStorage.setItem('seen', JSON.stringify([...this.#seen]))
  }

  /** By its username, in any case; one that this phone has not met is looked up. @param {string} username */
  async findBot(username) {
    const known = this.world.bots.find((bot) => bot.username.toLowerCase() === username.toLowerCase())
    if (known) return known
    try {
      const found = await control('bot', { bot: username })
      this.#found.set(found.id, found)
      return found
    } catch (error) {
      if (error instanceof CallError && error.code === 'unknown_bot') return undefined
      throw error
    }
  }

  /** @param {UserView} me */
  async #newest(me) {
    const groups = this.groupsOf(me).map((chat) => control('messages', { chat: chat.id, limit: 50 }))
    const lists = await Promise.all([control('messages', { user: me.id, limit: 200 }), ...groups])
    return lists.flat()
  }

  /** @param {UserView} me @returns {ChatView[]} */
  groupsOf(me) {
    return this.world.chats.filter((chat) =>
      chat.members.some((member) => member.id === me.id && member.status !== 'left' && member.status !== 'kicked'),
    )
  }

  /** @param {Place} place @returns {DialogView | undefined} */
  dialog(place) {
    return this.world.dialogs.find((dialog) => dialog.bot === place.bot && dialog.user === this.me?.id)
  }

  /** @param {Place} place @returns {BotView | undefined} */
  bot(place) {
    return this.world.bots.find((bot) => bot.id === place.bot)
  }

  /** The bot's menu and description in the language of whoever holds the phone. @param {Place} place */
  aboutBot(place) {
    const { privateChat } = this.bot(place) ?? {}
    return privateChat?.[this.me?.languageCode?.slice(0, 2) ?? ''] ?? privateChat?.['']
  }

  /** @param {Place} place @returns {ChatView | undefined} */
  chat(place) {
    return this.world.chats.find((chat) => chat.id === place.chat)
  }

  /** @param {Place} place @returns {MessageView[]} */
  recentOf(place) {
    return this.recent.filter((message) =>
      place.bot === undefined ? message.chatId === place.chat : message.bot === place.bot,
    )
  }

  /** @param {Place} place How many messages of others came since one looked. */
  unread(place) {
    const recent = this.recentOf(place)
    const seen = this.#seen.get(placeKey(this.me, place)) ?? 0
    // Keys that are all lower are those of a world that was begun anew.
    const isKnown = recent.some((message) => message.key >= seen)
    return recent.filter((message) => message.fromBot && !(isKnown && message.key <= seen)).length
  }
}

/** @param {UserView | undefined} me @param {Place} place */
function placeKey(me, place) {
  return `${me?.id} ${place.bot ?? place.chat}`
}
