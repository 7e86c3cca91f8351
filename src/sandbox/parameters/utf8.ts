const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Bytes as text. Bytes that are no UTF-8 become lone surrogates, which no valid text contains: `isWellFormed()` tells such
 * a value apart, so that methods can refuse it as the server does.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes)
  } catch {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).replaceAll('\uFFFD', '\uDFFF')
  }
}
