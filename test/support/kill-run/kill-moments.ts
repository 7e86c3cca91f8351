import { setTimeout as sleep } from 'node:timers/promises'
import type { SandboxControl } from '../../../src/sandbox/control-types.ts'
import type { FaultAction } from '../../../src/sandbox/faults/fault-rule.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import type { Load } from './load.ts'
import { countIn } from './make-text.ts'
import type { UnderTest } from './under-test.ts'

/**
 * What goes on when the kill comes:
 * - `any`: whatever there is at a random moment.
 * - `flood`: everybody posts at once.
 * - `lost`: Telegram is silent, and what is under way will not have arrived.
 * - `stored`: Telegram is silent, and what is under way has arrived.
 * - `arrival`: a call is under way, and its message was stored this very moment.
 */
export const KILL_MOMENTS = ['any', 'flood', 'lost', 'stored', 'arrival'] as const

/** `digest`: as `arrival`, of a Telegram message in which several of ours travelled. Only a storm makes such. */
export type KillMoment = (typeof KILL_MOMENTS)[number] | 'digest'

interface KillScene {
  victim: UnderTest
  load: Load
  sandbox: Sandbox
  /** In [0, 1). */
  dice: number
}

/** At most so long, in milliseconds. */
const FLOOD_MS = 40
const SILENCE_MS = 400
const WAIT_FOR_ARRIVAL_MS = 3000
/** A storm makes some, but only when enough of it waits and its chat is at its limit; and the machine may be busy. */
const WAIT_FOR_DIGEST_MS = 20_000

/** Longer than any run. */
const FOR_EVER_MS = 2 ** 31 - 1

export async function killIn(moment: KillMoment, scene: KillScene): Promise<void> {
  const { victim, load, sandbox, dice } = scene
  switch (moment) {
    case 'any':
      return await victim.kill()
    case 'flood':
      load.flood = true
      await sleep(dice * FLOOD_MS)
      await victim.kill()
      load.flood = false
      return
    case 'lost':
      return await killInSilence(scene, [{ kind: 'delay', when: 'before', ms: FOR_EVER_MS }, { kind: 'drop_before' }])
    case 'stored':
      return await killInSilence(scene, [{ kind: 'delay', when: 'after', ms: FOR_EVER_MS }])
    case 'arrival':
      return await atNextArrival(sandbox.control, () => victim.kill())
    case 'digest':
      return await atNextArrival(sandbox.control, () => victim.kill(), 2)
    default:
      return moment satisfies never
  }
}

async function killInSilence({ victim, sandbox, dice }: KillScene, actions: readonly FaultAction[]): Promise<void> {
  const rules = actions.map((action) => sandbox.control.addFault({ method: 'sendMessage', action }).id)
  await sleep(dice * SILENCE_MS)
  await victim.kill()
  for (const id of rules) sandbox.control.removeFault(id)
}

/** In the same breath in which the sandbox stores it, with so many messages of ours in it; anyhow when nothing arrives for long. */
function atNextArrival(control: SandboxControl, act: () => Promise<void>, atLeast = 0): Promise<void> {
  return new Promise((resolve, reject) => {
    const now = (): void => {
      unsubscribe()
      clearTimeout(timer)
      act().then(resolve, reject)
    }
    const timer = setTimeout(now, atLeast > 1 ? WAIT_FOR_DIGEST_MS : WAIT_FOR_ARRIVAL_MS)
    const unsubscribe = control.subscribe(({ kind, message: key = 0 }) => {
      if (kind !== 'message') return
      const [stored] = control.messages({ after: key - 1 })
      if (countIn(stored?.message.text ?? '') >= atLeast) now()
    })
  })
}
