import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Frame } from 'playwright-core'

/** WCAG 2.2, levels A and AA, with what came before it. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** Frames in it are documents of their own. */
const OPTIONS = { runOnly: RULES, iframes: false, resultTypes: ['violations'] }

const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

interface AxeResults {
  violations: { id: string; help: string; nodes: { html: string; failureSummary: string }[] }[]
  passes: object[]
}

/** Fails with what axe-core finds in a document, and when it found nothing to look at. */
export async function assertAccessible(frame: Frame, what: string): Promise<void> {
  if (!(await frame.evaluate<boolean>(`'axe' in window`))) await frame.evaluate(AXE)
  const { violations, passes } = await frame.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(OPTIONS)})`)
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id} (${help}): ${html}\n${failureSummary}`),
  )
  assert.deepEqual(found, [], what)
  assert.ok(passes.length > 5, `${what}: axe saw an empty page`)
}
