/**
 * What the program writes into the document, so that the page does not have to ask for what it would mostly be refused. Nothing is written
 * there by Vite, behind `npm run dev`.
 */
const { dataset } = document.documentElement

/** False when this browser has no session at all; otherwise it may have one that is still good. */
export function mayHaveSession(): boolean {
  return dataset['session'] !== 'none'
}

/** After a sign-in and a sign-out on this page. */
export function noteSession(there: boolean): void {
  dataset['session'] = there ? 'maybe' : 'none'
}

/** The sandbox's phone stands beside the account. */
export function isToldOfPhone(): boolean {
  return dataset['phone'] !== undefined || dataset['session'] === undefined
}
