/** A search waits until the person has stopped typing for so long. */
export const TYPING_MS = 300
