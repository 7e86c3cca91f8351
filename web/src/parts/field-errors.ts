import type { Problem } from '../api/problem.ts'

/**
 * What the program said of single fields, by the field's name, for a form.
 *
 * @param instead What to say, in the person's language; the program's own words follow it.
 */
export function fieldErrors({ errors }: Problem, instead: string): Record<string, string> {
  return Object.fromEntries(
    errors.flatMap(({ where, what }) => {
      const [, place, field] = where.split('/')
      return place === 'body' && field ? [[field, `${instead} (${what})`]] : []
    }),
  )
}
