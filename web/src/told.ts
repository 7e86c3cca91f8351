/**
 * What the program writes into the document, so that the page does not have to ask for what it would mostly be refused. Nothing is written
 * there by Vite, behind `npm run dev`.
 */
const { dataset } = document.documentElement

/** As the document came: a sign-in writes into it. */
const mayHavePhone = dataset['phone'] !== undefined || dataset['session'] === undefined

/** False when this browser has no session at all; otherwise it may have one that is still good. */
export function mayHaveSession(): boolean {
  return dataset['session'] !== 'none'
}

/** After a sign-in and a sign-out on this page. */
export function noteSession(there: boolean): void {
  dataset['session'] = there ? 'maybe' : 'none'
}

/** The sandbox's phone stands beside the account, or may: then it has to be asked for. */
export function isToldOfPhone(): boolean {
  return mayHavePhone
}
