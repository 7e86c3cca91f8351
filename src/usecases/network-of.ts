/**
 * What one person holds of the Internet, as a key: an IPv4 address, or the first 64 bits of an IPv6 address, because that is the least
 * that a provider hands out (RFC 6177) and its owner may use all of it. Other text (a socket's path) stays as it is.
 */
export function networkOf(address: string): string {
  const bare = address.replace(/%.*$/, '').toLowerCase()
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)
  if (mapped?.[1] !== undefined) return mapped[1]
  if (!bare.includes(':')) return bare
  const [head = '', tail = ''] = bare.split('::')
  const left = groups(head)
  const right = groups(tail)
  const zeros = bare.includes('::') ? Math.max(0, 8 - left.length - right.length) : 0
  return [...left, ...Array.from({ length: zeros }, () => '0'), ...right].slice(0, 4).join(':')
}

function groups(part: string): string[] {
  return part === '' ? [] : part.split(':').map((group) => group.replace(/^0+(?=.)/, ''))
}
