/** The part of the window, at its end, in which a natural place is looked for; before it, parts would get needlessly short. */
const SEARCHED_SHARE = 0.25

/** Kinds of natural places, worst first: after a word, a sentence, a line, a paragraph. */
type Rank = 0 | 1 | 2 | 3

/** A place to cut: the part ends at `end`, the next one begins at `next`; what lies between is white space. */
interface Cut {
  end: number
  next: number
}

/** White space of ASCII: what Telegram trims from both ends of a message anyway. */
const SPACE = /[ \t\n\v\f\r]/

/** Runs of white space, and the places after a full stop of a script that writes none behind it. */
const PLACES = /[ \t\n\v\f\r]+|(?<=[。！？])/g

const SENTENCE_END = /[.!?…。！？]["'”’»)\]]{0,2}$/

/**
 * Code points of which Telegram shows nothing: white space, controls, format characters, and those that its server removes or takes
 * for blanks (github.com/tdlib/td, misc.cpp: `clean_input_string`, `strip_empty_characters`).
 */
const INVISIBLE =
  /^(?:[\p{White_Space}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\uFFFC]|\u030A|\u0333|\u033F)*$/v

/**
 * Cuts a text into parts of at most `limit` UTF-16 code units, which is never more than `limit` characters. It cuts at the last
 * paragraph, else line, sentence or word in the last quarter of the window, else between two graphemes, and inside a grapheme
 * only where that alone is longer than the limit; never inside a surrogate pair. White space at a cut is dropped, because Telegram
 * trims it, and so are parts of which nothing would be seen, because Telegram refuses them. Nothing else is lost.
 *
 * @param limit at least 2, so that a surrogate pair fits.
 */
export function splitText(text: string, limit: number): string[] {
  if (text.length <= limit) return INVISIBLE.test(text) ? [] : [text]
  const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)
  const parts: string[] = []
  let start = 0
  while (text.length - start > limit) {
    const cut = naturalCut(text, start, limit, graphemes) ?? forcedCut(text, start, limit, graphemes)
    parts.push(text.slice(start, cut.end))
    start = cut.next
  }
  parts.push(text.slice(start))
  return parts.filter((part) => !INVISIBLE.test(part))
}

function naturalCut(text: string, start: number, limit: number, graphemes: Intl.Segments): Cut | undefined {
  const latest = start + limit
  const earliest = latest - Math.floor(limit * SEARCHED_SHARE)
  let best: { cut: Cut; rank: Rank } | undefined
  PLACES.lastIndex = startOfSpace(text, start, earliest)
  for (let place = PLACES.exec(text); place !== null && place.index <= latest; place = PLACES.exec(text)) {
    const cut = { end: place.index, next: place.index + place[0].length }
    if (place[0] === '') PLACES.lastIndex++
    const rank = rankOf(text, cut)
    if (best !== undefined && rank < best.rank) continue
    const usable = onGraphemes(cut, graphemes)
    if (usable !== undefined && usable.next > start) best = { cut: usable, rank }
  }
  return best?.cut
}

/** Where the white space around `index` begins, but not before `start`. */
function startOfSpace(text: string, start: number, index: number): number {
  let at = index
  while (at > start && SPACE.test(text.charAt(at - 1))) at--
  return at
}

function rankOf(text: string, { end, next }: Cut): Rank {
  const lineBreaks = text.slice(end, next).match(/\r\n|\n|\r/g)?.length ?? 0
  if (lineBreaks > 1) return 3
  if (lineBreaks === 1) return 2
  return SENTENCE_END.test(text.slice(Math.max(0, end - 3), end)) ? 1 : 0
}

/** A blank may carry an accent, or belong to the sign before it: then less white space goes, or the place is of no use. */
function onGraphemes({ end, next }: Cut, graphemes: Intl.Segments): Cut | undefined {
  if (!isBoundary(end, graphemes)) return undefined
  const segment = graphemes.containing(next)
  return { end, next: segment === undefined || segment.index === next ? next : Math.max(end, segment.index) }
}

function isBoundary(index: number, graphemes: Intl.Segments): boolean {
  const segment = graphemes.containing(index)
  return segment === undefined || segment.index === index
}

function forcedCut(text: string, start: number, limit: number, graphemes: Intl.Segments): Cut {
  const latest = start + limit
  const at = graphemes.containing(latest)?.index ?? latest
  if (at > start) return { end: at, next: at }
  const safe = splitsPair(text, latest) ? latest - 1 : latest
  return { end: safe, next: safe }
}

function splitsPair(text: string, index: number): boolean {
  return /[\uD800-\uDBFF]/.test(text.charAt(index - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(index))
}
