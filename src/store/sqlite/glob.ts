import { anyCase } from '../any-case.ts'

/** A pattern for `glob` that fits each text with this one in it, in any case. */
export function globFor(text: string): string {
  return `*${anyCase(text).map(asGlob).join('')}*`
}

/** No character with two forms has a meaning of its own between the brackets. */
function asGlob(forms: readonly string[]): string {
  const [character = ''] = forms
  return forms.length > 1 || '*?['.includes(character) ? `[${forms.join('')}]` : character
}
