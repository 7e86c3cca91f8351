/**
 * Each character of a text, with the forms that it has in the other case, as the engines' patterns can list them: both compare without
 * regard to case by rules that depend on how they were built or set up, and SQLite knows no letters but English ones.
 */
export function anyCase(text: string): string[][] {
  return Array.from(text, (character) => [...formsOf(character)])
}

/** Forms that are more than one character (`ß` and `SS`) do not count. */
function formsOf(character: string): Set<string> {
  const once = [character, character.toLowerCase(), character.toUpperCase()]
  const twice = once.flatMap((form) => [form.toLowerCase(), form.toUpperCase()])
  return new Set([...once, ...twice].filter((form) => Array.from(form).length === 1))
}
