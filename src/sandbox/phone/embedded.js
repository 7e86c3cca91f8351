import { Actions } from './actions.js'
import { CallError, control } from './api.js'
import { BotCalls } from './bot-calls.js'
import { followChanges } from './changes.js'
import { byId, el, toast } from './dom.js'
import { readBotLink } from './links.js'
import { Screens } from './screens.js'
import { Store } from './store.js'
import { language, texts } from './texts.js'
import { Weather } from './weather.js'

// One person's phone in a frame of the account page. docs/sandbox.md tells what the two say to each other.

const NAME = 'postrider-phone'
const THEMES = new Set(['light', 'dark', 'auto'])
/** The session has ended, or another account has taken its place. */
const GONE = new Set(['credentials_invalid', 'scope_missing', 'not_found'])

const words = texts.embedded
const query = new URLSearchParams(location.search)
const store = new Store()
const actions = new Actions(store)
const weather = new Weather(report)
const calls = new BotCalls()
const screens = new Screens(byId('phone'), store, actions, {
  doing,
  noBots: words.noBots,
  // Not from the page around.
  mayTakeFocus: () => document.hasFocus(),
})
let isGone = false
/** @type {ReturnType<typeof setTimeout> | undefined} */
let lookAgain

/** @param {string} event @param {object} [more] */
function tell(event, more = {}) {
  if (parent !== window) parent.postMessage({ from: NAME, event, ...more }, location.origin)
}

/** @param {() => Promise<unknown>} work */
async function doing(work) {
  try {
    await work()
  } catch (error) {
    report(error)
  }
}

/** @param {unknown} error */
function report(error) {
  if (error instanceof CallError && GONE.has(error.code)) return leave()
  // What a browser throws where nobody answers; the notice says so already.
  if (!(error instanceof TypeError)) toast(error instanceof Error ? error.message : String(error))
}

function leave() {
  if (!isGone) tell('signed-out')
  isGone = true
  byId('offline').hidden = true
  draw()
}

function draw() {
  if (isGone) screens.drawOther('gone', () => [el('p', { class: 'gone', role: 'status' }, words.signedOut)])
  else if (store.me) screens.draw()
  else screens.drawOther('deleted', () => [el('p', { class: 'gone' }, words.deleted)])
}

/** @param {unknown} theme */
function showTheme(theme) {
  if (typeof theme === 'string' && THEMES.has(theme)) document.documentElement.dataset['theme'] = theme
}

/** @param {boolean} isOpen */
function showWeather(isOpen) {
  byId('weather').hidden = !isOpen
  byId('phone').hidden = isOpen
  byId('toggle-weather').setAttribute('aria-expanded', String(isOpen))
  byId('toggle-weather').textContent = isOpen ? words.backToPhone : words.weather
  if (isOpen) void doing(() => calls.refresh())
}

/** @param {string} text */
async function openLink(text) {
  const link = readBotLink(text)
  showWeather(false)
  const isOpened = link !== undefined && (await actions.follow(link))
  if (!isOpened) toast(link ? texts.noSuchBot(link.bot) : words.notALink)
  tell(isOpened ? 'opened' : 'unknown-link', { link: text })
}

async function refreshWeather() {
  await Promise.all([weather.refresh(), byId('weather').hidden ? undefined : calls.refresh()])
  byId('bad-weather').hidden = weather.names.length === 0
  byId('bad-weather').textContent = words.badWeather(weather.names.join(', '))
  clearTimeout(lookAgain)
  if (weather.isOverAfterMs !== undefined)
    lookAgain = setTimeout(() => void doing(refreshWeather), weather.isOverAfterMs)
}

function speak() {
  document.documentElement.lang = language
  document.title = words.title
  byId('strip').textContent = words.strip
  byId('offline').textContent = words.offline
  byId('phone').setAttribute('aria-label', words.phone)
  byId('weather').setAttribute('aria-label', words.weather)
  byId('alert-ok').textContent = words.ok
  byId('weather').replaceChildren(
    el('h1', {}, words.weather),
    el('p', { class: 'note' }, words.weatherNote),
    weather.element,
    el('h2', {}, words.calls),
    calls.element,
  )
  showWeather(false)
}

/** The first look: at what the address asks for, or at the one bot there is while none was started. */
async function begin() {
  await store.refresh()
  tell('ready')
  const link = query.get('link')
  query.delete('link')
  // A reload must not press Start again.
  history.replaceState(null, '', `${location.pathname}?${query.toString()}`)
  const [bot, ...others] = store.world.bots
  if (link !== null) await openLink(link)
  // Unless another was opened meanwhile.
  else if (!store.place && bot && others.length === 0 && store.world.dialogs.length === 0)
    await store.open({ bot: bot.id })
}

showTheme(query.get('theme'))
speak()
store.onChange(draw)
byId('toggle-weather').addEventListener('click', () => showWeather(Boolean(byId('weather').hidden)))
// Anywhere on the page: whoever opened it still stands on the button that did.
addEventListener('keydown', ({ key }) => {
  if (key !== 'Escape' || byId('weather').hidden) return
  showWeather(false)
  byId('toggle-weather').focus()
})
addEventListener('message', ({ data, origin, source }) => {
  if (origin !== location.origin || source !== parent || Object(data).to !== NAME) return
  showTheme(data.theme)
  if (typeof data.open === 'string') void doing(() => openLink(data.open))
})
followChanges(
  ({ world, calls: isWeather }) =>
    doing(() => Promise.all([world && !isGone && store.refresh(), isWeather && !isGone && refreshWeather()])),
  (isOnline) => {
    isGone &&= !isOnline
    byId('offline').hidden = isOnline || isGone
    // A stream that is refused does not say why; a call does.
    if (!isOnline && !isGone) void doing(() => control('faults'))
  },
)
void doing(begin)
