/** @import { ChangeEvent, Place } from '../control-types.ts' */
import { Actions } from './actions.js'
import { control, listen } from './api.js'
import { chatList, welcome } from './chat-list.js'
import { ChatView } from './chat-view.js'
import { Controls } from './controls.js'
import { byId, toast } from './dom.js'
import { pageLink, readBotLink } from './links.js'
import { Store } from './store.js'

/** Changes come in bursts; one look at the world is enough for those of so many milliseconds. */
const SETTLE_MS = 30

const store = new Store()
const actions = new Actions(store)
const phone = byId('phone')

/** @param {unknown} error */
const report = (error) => toast(error instanceof Error ? error.message : String(error))

const controls = new Controls(byId('controls'), store, {
  openLink: async (text) => {
    const link = readBotLink(text)
    return link !== undefined && (await actions.follow(link))
  },
  report,
  showPhone: () => showControls(false),
})

/** @type {{ place: Place, view: ChatView } | undefined} */
let open
let screen = ''

/**
 * Does it, and says so when it could not be done.
 * @param {() => Promise<unknown>} work
 */
async function doing(work) {
  try {
    await work()
  } catch (error) {
    report(error)
  }
}

/** @param {Place | undefined} place */
function openPlace(place) {
  return doing(() => store.open(place))
}

/** @param {Place} place */
function chatView(place) {
  return new ChatView(store, place, {
    back: () => openPlace(undefined),
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

function draw() {
  controls.draw()
  if (!store.me) return drawWelcome()
  if (!store.place) return drawList()
  if (open?.place !== store.place || screen !== 'chat') {
    open = { place: store.place, view: chatView(store.place) }
    phone.replaceChildren(...open.view.elements)
    open.view.draw()
    screen = 'chat'
    open.view.focus()
    return
  }
  open.view.draw()
}

function drawList() {
  const key = screen === 'list' && phone.contains(document.activeElement) ? focusedRow() : -1
  screen = 'list'
  phone.replaceChildren(...chatList(store, openPlace))
  const row = phone.querySelectorAll('.chat-row')[key]
  if (row instanceof HTMLElement) row.focus()
}

/** The list is drawn anew with each change; the row that had the focus gets it back. */
function focusedRow() {
  return document.activeElement ? [...phone.querySelectorAll('.chat-row')].indexOf(document.activeElement) : -1
}

function drawWelcome() {
  if (screen === 'welcome') return
  screen = 'welcome'
  phone.replaceChildren(
    ...welcome((firstName, languageCode) =>
      doing(async () => {
        const user = await control('createUser', { firstName, languageCode })
        await store.switchTo(user.id)
      }),
    ),
  )
}

/** Does what the page's own address asks for, once: `?user=…&start=…&payload=…`. */
async function followAddress() {
  const query = new URLSearchParams(location.search)
  const user = Number(query.get('user'))
  if (user) sessionStorage.setItem('user', String(user))
  await store.refresh()
  const link = pageLink(query)
  if (query.size > 0) history.replaceState(null, '', location.pathname)
  if (!link) return
  if (!store.me || (user && store.me.id !== user)) {
    const languageCode = navigator.language.slice(0, 2)
    const me = await control('createUser', { firstName: 'Ann', languageCode, ...(user && { id: user }) })
    await store.switchTo(me.id)
  }
  if (!(await actions.follow(link))) toast(`There is no bot @${link.bot} in this sandbox.`)
}

/** @type {Set<ChangeEvent['kind']>} */
const heard = new Set()

/** @param {ChangeEvent} event */
function hear({ kind }) {
  if (heard.size === 0) setTimeout(() => doing(look), SETTLE_MS)
  heard.add(kind)
}

async function look() {
  const kinds = new Set(heard)
  heard.clear()
  if (kinds.has('request') || kinds.has('reset')) {
    await Promise.all([controls.calls.refresh(), controls.weather.refresh()])
  }
  kinds.delete('request')
  kinds.delete('update')
  if (kinds.size > 0) await store.refresh()
}

/** On a narrow screen phone and controls take turns. @param {boolean} isOpen */
function showControls(isOpen) {
  document.body.classList.toggle('controls-open', isOpen)
  byId('toggle-controls').setAttribute('aria-expanded', String(isOpen))
  byId('toggle-controls').textContent = isOpen ? 'Phone' : 'Controls'
}

store.onChange(draw)
byId('toggle-controls').addEventListener('click', () =>
  showControls(!document.body.classList.contains('controls-open')),
)
listen(hear, (isOnline) => {
  byId('offline').hidden = isOnline
  if (isOnline) void doing(() => Promise.all([store.refresh(), controls.calls.refresh(), controls.weather.refresh()]))
})
void doing(followAddress)
