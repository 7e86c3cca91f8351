import { TEXT_LENGTH } from '../domain/message.ts'

/** A piece ends at the last line break in this share of it, where there is one; further back it would become too short. */
const SHORTEST_SHARE = 0.5

/**
 * Input that is too long for one message, as several in order. Nothing is lost but the one line break at each seam, and pieces that
 * would show nothing. Lengths are code points, as the server counts.
 */
export function splitInput(text: string, max: number = TEXT_LENGTH.max): string[] {
  const characters = Array.from(text)
  const pieces: string[] = []
  for (let from = 0; from < characters.length; ) {
    const to = Math.min(from + max, characters.length)
    const end = to === characters.length ? to : seam(characters, from, to)
    pieces.push(characters.slice(from, end).join(''))
    from = characters[end] === '\n' ? end + 1 : end
  }
  return pieces.length > 1 ? pieces.filter((piece) => piece.trim() !== '') : pieces
}

function seam(characters: readonly string[], from: number, to: number): number {
  const lineBreak = characters.lastIndexOf('\n', to)
  return lineBreak - from >= (to - from) * SHORTEST_SHARE ? lineBreak : to
}
