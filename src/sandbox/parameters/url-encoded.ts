import type { ParameterCollector } from './parameters.ts'
import { decodeUtf8 } from './utf8.ts'

/** Adds the pairs of `a=1&b=2`, from a query string or a body. */
export function readUrlEncoded(encoded: string, into: ParameterCollector): void {
  for (const pair of encoded.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = equals < 0 ? pair : pair.slice(0, equals)
    into.addText(percentDecode(name), equals < 0 ? '' : percentDecode(pair.slice(equals + 1)))
  }
}

/** `%41` and `+` decoded; a `%` that begins no escape stays. The input is bytes as latin1, as node:http gives them. */
export function percentDecode(encoded: string): string {
  if (!/[%+\u0080-\u00FF]/.test(encoded)) return encoded
  const bytes = Buffer.from(
    encoded.replaceAll('+', ' ').replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => {
      return String.fromCharCode(Number.parseInt(hex, 16))
    }),
    'latin1',
  )
  return decodeUtf8(bytes)
}
