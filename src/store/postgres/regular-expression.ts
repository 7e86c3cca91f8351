import { anyCase } from '../any-case.ts'

/** A regular expression of PostgreSQL that fits each text with this one in it, in any case. */
export function expressionFor(text: string): string {
  return anyCase(text).map(asExpression).join('')
}

function asExpression(forms: readonly string[]): string {
  const [character = ''] = forms
  if (forms.length > 1) return `[${forms.join('')}]`
  // Behind a backslash, what is no letter and no digit stands for itself (PostgreSQL, 9.7.3.3).
  return /[!-/:-@[-`{-~]/.test(character) ? `\\${character}` : character
}
