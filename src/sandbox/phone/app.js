import { Actions } from './actions.js'
import { control } from './api.js'
import { followChanges } from './changes.js'
import { welcome } from './chat-list.js'
import { Controls } from './controls.js'
import { byId, toast } from './dom.js'
import { pageLink, readBotLink } from './links.js'
import { Screens } from './screens.js'
import { Store } from './store.js'
import { texts } from './texts.js'

const store = new Store()
const actions = new Actions(store)

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

const screens = new Screens(byId('phone'), store, actions, { doing, noBots: texts.noBots, mayTakeFocus: () => true })

function draw() {
  controls.draw()
  if (store.me) screens.draw()
  else screens.drawOther('welcome', () => welcome(switchOn))
}

/** @param {string} firstName @param {string} languageCode */
function switchOn(firstName, languageCode) {
  return doing(async () => {
    const user = await control('createUser', { firstName, languageCode })
    await store.switchTo(user.id)
  })
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
  if (!(await actions.follow(link))) toast(texts.noSuchBot(link.bot))
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
followChanges(
  ({ world, calls }) =>
    doing(async () => {
      if (calls) await Promise.all([controls.calls.refresh(), controls.weather.refresh()])
      if (world) await store.refresh()
    }),
  (isOnline) => {
    byId('offline').hidden = isOnline
  },
)
void doing(followAddress)
