import type { TestContext } from 'node:test'
import { systemClock } from '../../src/ops/system-clock.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts'
import { seededRandom } from './seeded-random.ts'

/** A Telegram for one test, on a free port, with the machine's clock; it stops by itself. */
export async function testSandbox(t: TestContext, options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    random: seededRandom(1),
    ...options,
  })
  t.after(() => sandbox.stop())
  return sandbox
}
