/** Written from right to left, or a mark that says so: Hebrew, Arabic and their neighbours, and the direction controls of Unicode. */
const TURNS =
  /[\u0590-\u08ff\u200e\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]|[\u202a-\u202e\u2066-\u2069]/u
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g
const [FIRST_STRONG_ISOLATE, POP_ISOLATE] = ['\u2068', '\u2069']

/**
 * What somebody else wrote, to stand in a sentence of ours: whichever way it runs, the words around it stay where they are. Direction controls
 * are left out, as Telegram leaves them out of messages, because one of them could end the isolation. Anything else comes back as it is.
 */
export function isolated(text: string): string {
  return TURNS.test(text) ? `${FIRST_STRONG_ISOLATE}${text.replaceAll(CONTROLS, '')}${POP_ISOLATE}` : text
}

/** For i18next: React writes texts as texts, so only their direction has to be looked after. */
export const INTERPOLATION = { escapeValue: true, escape: isolated }
