/** @typedef {Node | string | false | undefined} Child */

/**
 * Makes an element. Text is only ever set as text: nothing that a person or a bot wrote is read as HTML.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | boolean | undefined | ((event: Event) => void)>} [properties] attributes; a function is a listener
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (value === true) element.setAttribute(name, '')
    else if (typeof value === 'string') element.setAttribute(name, value)
  }
  element.append(...children.filter((child) => child !== false && child !== undefined))
  return element
}

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id)
  if (!element) throw new Error(`The page has no #${id}`)
  return element
}

/**
 * A button with a word on it.
 * @param {string} label
 * @param {() => unknown} press
 * @param {Record<string, string | boolean | undefined>} [properties]
 */
export function button(label, press, properties = {}) {
  return el('button', { type: 'button', ...properties, click: () => void press() }, label)
}

/**
 * Makes these the children of an element, and touches none that stands where it should: what is drawn anew between the press and the
 * release of a mouse button hears no click, and loses the focus.
 * @param {Element} parent
 * @param {readonly Element[]} children
 */
export function arrange(parent, children) {
  const focused = document.activeElement
  for (const child of parent.querySelectorAll(':scope > *')) if (!children.includes(child)) child.remove()
  for (const [index, child] of children.entries()) {
    const there = parent.children[index]
    if (there !== child) parent.insertBefore(child, there ?? null)
  }
  // One that has moved has lost it.
  if (focused instanceof HTMLElement && parent.contains(focused) && focused !== document.activeElement) focused.focus()
}

/**
 * A round picture with a person's initials, in a colour of its own.
 * @param {string} name
 * @param {number} id
 */
export function avatar(name, id) {
  const initials = Array.from(name.trim().toUpperCase())[0] ?? '?'
  return el('span', { class: `avatar tint-${Math.abs(id) % 7}`, 'aria-hidden': 'true' }, initials)
}

/**
 * Says something for a few seconds.
 * @param {string} text
 */
export function toast(text) {
  const note = el('p', { class: 'toast' }, text)
  byId('toasts').append(note)
  setTimeout(() => note.remove(), 5000)
}

/**
 * What a bot answers to a tap with `show_alert`.
 * @param {string} text
 */
export function alertBox(text) {
  byId('alert-text').textContent = text
  const box = byId('alert')
  if (box instanceof HTMLDialogElement && !box.open) box.showModal()
}
