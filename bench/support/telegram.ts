import { systemClock } from '../../src/ops/system-clock.ts'
import { systemRandom } from '../../src/ops/system-random.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts'

export const BOT_TOKEN = '123456789:AAHk_fOtcBDR9ZsAtO2dPqUkr8uHw01x7Qs'

export interface BenchTelegram {
  sandbox: Sandbox
  botTelegramId: number
  /** People who have pressed Start. */
  people: number[]
}

/** A sandbox with a bot and people, none of whom waits for an answer. */
export async function startTelegram(options: {
  profile: NonNullable<SandboxOptions['profile']>
  people: number
}): Promise<BenchTelegram> {
  const { profile } = options
  const sandbox = await startSandbox({ host: '127.0.0.1', port: 0, clock: systemClock, random: systemRandom, profile })
  const { id } = sandbox.control.createBot({ username: 'bench_bot', name: 'Bench', token: BOT_TOKEN })
  const people = Array.from({ length: options.people }, (_, index) => {
    const user = sandbox.control.createUser({ firstName: `Person ${index}` })
    sandbox.control.start({ user: user.id, bot: id })
    return user.id
  })
  await fetch(`${sandbox.url}/bot${BOT_TOKEN}/deleteWebhook?drop_pending_updates=true`)
  return { sandbox, botTelegramId: id, people }
}
