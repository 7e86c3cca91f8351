import assert from 'node:assert/strict'
import { isIPv6 } from 'node:net'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { networkOf } from '../../src/usecases/network-of.ts'

describe('the network of an address', () => {
  const table = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0DB8:0001:0002::6', '2001:db8:1:2'],
    ['2001:db8::6', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['::', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['1::', '1:0:0:0'],
    ['', ''],
  ] as const
  for (const [address, network] of table) {
    test(`${address || 'nothing'} is of ${network || 'nothing'}`, () => assert.equal(networkOf(address), network))
  }

  test('every way to write an IPv6 address gives the same network', () => {
    fc.assert(
      fc.property(
        fc.ipV6().filter((address) => isIPv6(address) && !address.includes('.')),
        (address) => {
          // The URL parser writes an address in its one canonical form.
          const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1)
          assert.equal(networkOf(address), networkOf(canonical))
          assert.equal(networkOf(address).split(':').length, 4)
        },
      ),
    )
  })
})
