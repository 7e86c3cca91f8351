/**
 * Each character of a text, with the forms that it has in the other case, as the engines' patterns can list them: both compare without
 * regard to case by rules that depend on how they were built or set up, and SQLite knows no letters but English ones.
 */
export function anyCase(text: string): string[][] {
  return Array.from(text, (character) => [...formsOf(character)])
}

/** Forms that are more than one character (`ß` and `SS`) do not count. */
function formsOf(character: string): ReadonlySet<string> {
  kin ??= findKin()
  return kin.get(folded(character)) ?? new Set([character])
}

/** All forms of a letter by the one that stands for them: `ς` and `σ` are both `Σ`, and `ϰ` is a kappa, as are `κ` and `Κ`. */
let kin: ReadonlyMap<string, ReadonlySet<string>> | undefined

/** Some milliseconds, so not before somebody searches. */
function findKin(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  for (let code = 0; code <= LAST_WITH_CASE; code++) {
    const character = String.fromCodePoint(code)
    if (!/\p{Changes_When_Casemapped}/u.test(character)) continue
    const key = folded(character)
    found.set(key, (found.get(key) ?? new Set([key])).add(character))
  }
  return found
}

/** The scripts that have cases all lie below (Unicode 17: the last one is Adlam, to U+1E943). */
const LAST_WITH_CASE = 0x1_ff_ff

function folded(character: string): string {
  return single(
    single(character, (one) => one.toLowerCase()),
    (one) => one.toUpperCase(),
  )
}

function single(character: string, change: (one: string) => string): string {
  const changed = change(character)
  return Array.from(changed).length === 1 ? changed : character
}
