/** Whether a text could be an id at all, as the API describes them; any other is refused, so there is no need to ask. */
export function isId(text: string): boolean {
  return /^[\x21-\x7e]{1,64}$/.test(text)
}
