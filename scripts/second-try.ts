/** More than these is no race, but something broken. */
const MOST_FILES = 3
const BROWSER_TESTS = 'test/web/'

/**
 * Whether the files that failed in a whole run are tried once more: a few, all of them browser tests.
 * docs/decisions/0009-a-second-try-for-the-browser.md says why, and why nothing else is.
 */
export function maySecondTry(failed: readonly string[]): boolean {
  return failed.length > 0 && failed.length <= MOST_FILES && failed.every((file) => file.startsWith(BROWSER_TESTS))
}
