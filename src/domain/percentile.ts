/**
 * The value below or at which this share of all values is (0.5 is the median), of values that were counted; null when there are none.
 * By nearest rank: it is one that occurred.
 */
export function percentile(counted: ReadonlyMap<number, number>, share: number): number | null {
  const sorted = [...counted].sort(([one], [other]) => one - other)
  const rank = Math.ceil(share * sorted.reduce((sum, [, count]) => sum + count, 0))
  let passed = 0
  for (const [value, count] of sorted) {
    passed += count
    if (passed >= rank) return value
  }
  return null
}
