/** @import { RecordedRequest } from '../control-types.ts' */
import { control } from './api.js'
import { el } from './dom.js'
import { texts } from './texts.js'

/** So many calls are shown; polls that brought nothing are not worth a line. */
const SHOWN = 12

/** The newest calls of the bots: where one sees them try again. */
export class BotCalls {
  #asked = 0
  #shown = 0
  element = el('ol', { class: 'calls', 'data-empty': texts.noCalls })

  /** Answers may come in another order than they were asked for: an older one is not shown over a newer. */
  async refresh() {
    const question = ++this.#asked
    /** @type {RecordedRequest[]} */
    const requests = await control('requests', { limit: 100 })
    if (question < this.#shown) return
    this.#shown = question
    const shown = requests.filter(({ method }) => method !== 'getUpdates').slice(-SHOWN)
    this.element.replaceChildren(...shown.toReversed().map(callRow))
  }
}

/** @param {RecordedRequest} request */
function callRow(request) {
  const { status, description, fault } = request
  const isGood = status === 200
  const time = new Date(request.arrivedAtMs).toLocaleTimeString(texts.locale)
  const result = status === undefined ? (fault === undefined ? '…' : texts.noAnswer) : String(status)
  return el(
    'li',
    { class: isGood ? 'good' : 'bad' },
    el('time', {}, time),
    el('b', {}, request.method),
    el('span', { class: 'status' }, result),
    description !== undefined && el('span', { class: 'why' }, description),
  )
}
