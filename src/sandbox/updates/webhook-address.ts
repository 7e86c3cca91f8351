import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { badRequest, type Refusal, refusal } from '../refusal.ts'

const PORTS = ['', '80', '88', '443', '8443']

/** Addresses that the cloud does not call: private, loopback, link-local, shared, documentation, multicast (RFC 6890). */
const RESERVED: readonly (readonly [address: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]

const reserved = new BlockList()
for (const [address, prefix] of RESERVED) reserved.addSubnet(address, prefix)

/**
 * Why this webhook cannot be set; undefined when it can. The cloud takes https on four ports and public IPv4 addresses;
 * a local server takes http, any port and loopback.
 */
export async function webhookAddressFault(url: string, pinned: string, cloud: boolean): Promise<Refusal | undefined> {
  const address = URL.canParse(url) ? new URL(url) : undefined
  const isHttp = address?.protocol === 'http:' || address?.protocol === 'https:'
  if (address === undefined || !isHttp) {
    return cloud && url.includes('://') ? refusal('webhook_needs_https') : refusal('webhook_url_invalid')
  }
  if (!cloud) return undefined
  if (address.protocol !== 'https:') return refusal('webhook_needs_https')
  if (!PORTS.includes(address.port)) return refusal('webhook_port')
  return await reservedFault(address.hostname, pinned)
}

async function reservedFault(host: string, pinned: string): Promise<Refusal | undefined> {
  const ip = pinned === '' ? await resolve(host) : pinned
  if (ip === undefined) return badRequest('bad webhook: Failed to resolve host: Name or service not known')
  if (isIP(ip) !== 4 || reserved.check(ip)) return badRequest(`bad webhook: IP address ${ip} is reserved`)
  return undefined
}

async function resolve(host: string): Promise<string | undefined> {
  try {
    return (await lookup(host, { family: 4 })).address
  } catch {
    return undefined
  }
}
