/** @import { MessageEntity } from '@grammyjs/types' */
import { button, el } from './dom.js'
import { isOpenable } from './links.js'
import { texts } from './texts.js'

/**
 * What a tap on a piece of text does.
 * @typedef {{ openLink: (url: string) => unknown, openMention: (name: string) => unknown, sendCommand: (command: string) => unknown }} TextActions
 */

/**
 * Text with its entities as a person sees it. Outer entities come before inner ones, as the Bot API sorts them.
 * @param {string} text
 * @param {readonly MessageEntity[]} entities offsets in UTF-16 units, as JavaScript counts
 * @param {TextActions} actions
 * @returns {DocumentFragment}
 */
export function formattedText(text, entities, actions) {
  const fragment = document.createDocumentFragment()
  fragment.append(...pieces(text, 0, text.length, entities, actions))
  return fragment
}

/**
 * @param {string} text
 * @param {number} from
 * @param {number} to
 * @param {readonly MessageEntity[]} entities
 * @param {TextActions} actions
 * @returns {Node[]}
 */
function pieces(text, from, to, entities, actions) {
  /** @type {Node[]} */
  const nodes = []
  let at = from
  for (const [index, entity] of entities.entries()) {
    const end = Math.min(entity.offset + entity.length, to)
    if (entity.offset < at || entity.offset >= to) continue
    if (entity.offset > at) nodes.push(document.createTextNode(text.slice(at, entity.offset)))
    const inner = pieces(text, entity.offset, end, entities.slice(index + 1), actions)
    nodes.push(wrap(entity, text.slice(entity.offset, end), inner, actions))
    at = end
  }
  if (at < to) nodes.push(document.createTextNode(text.slice(at, to)))
  return nodes
}

/**
 * @param {MessageEntity} entity
 * @param {string} text
 * @param {Node[]} inner
 * @param {TextActions} actions
 * @returns {Node}
 */
function wrap(entity, text, inner, actions) {
  switch (entity.type) {
    case 'bold':
      return el('b', {}, ...inner)
    case 'italic':
      return el('i', {}, ...inner)
    case 'underline':
      return el('u', {}, ...inner)
    case 'strikethrough':
      return el('s', {}, ...inner)
    case 'code':
      return el('code', {}, ...inner)
    case 'pre':
      return el('pre', entity.language ? { 'data-language': entity.language } : {}, el('code', {}, ...inner))
    case 'blockquote':
      return el('blockquote', {}, ...inner)
    case 'expandable_blockquote':
      return el('blockquote', { class: 'expandable', tabindex: '0', click: toggleOpen, keydown: toggleOpen }, ...inner)
    case 'spoiler':
      return spoiler(inner)
    case 'text_link':
      return link(entity.url, inner, actions)
    case 'url':
      return link(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`, inner, actions)
    case 'email':
      return link(`mailto:${text}`, inner, actions)
    case 'phone_number':
      return link(`tel:${text.replace(/[^+\d]/g, '')}`, inner, actions)
    case 'bot_command':
      return button(text, () => actions.sendCommand(text), { class: 'inline-link' })
    case 'mention':
      return button(text, () => actions.openMention(text.slice(1)), { class: 'inline-link' })
    case 'date_time':
      return el('time', { datetime: new Date(entity.unix_time * 1000).toISOString(), class: 'date-time' }, ...inner)
    case 'hashtag':
    case 'cashtag':
    case 'text_mention':
      return el('span', { class: 'tinted' }, ...inner)
    default:
      // A custom emoji comes with an ordinary one as its text.
      return el('span', {}, ...inner)
  }
}

/**
 * @param {string} url
 * @param {Node[]} inner
 * @param {TextActions} actions
 */
function link(url, inner, actions) {
  if (!isOpenable(url)) return el('span', { class: 'tinted', title: url }, ...inner)
  const anchor = el('a', { href: url, title: url, target: '_blank', rel: 'noopener noreferrer' }, ...inner)
  anchor.addEventListener('click', (event) => {
    event.preventDefault()
    actions.openLink(url)
  })
  return anchor
}

/** @param {Node[]} inner */
function spoiler(inner) {
  const hidden = el(
    'span',
    { class: 'spoiler', role: 'button', tabindex: '0', 'aria-label': texts.hiddenText },
    el('span', {}, ...inner),
  )
  const reveal = () => {
    hidden.classList.add('open')
    for (const name of ['role', 'tabindex', 'aria-label']) hidden.removeAttribute(name)
  }
  hidden.addEventListener('click', reveal)
  hidden.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') reveal()
  })
  return hidden
}

/** @param {Event} event */
function toggleOpen(event) {
  if (event instanceof KeyboardEvent && event.key !== 'Enter') return
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.classList.toggle('open')
}
