import { OperatorError } from '../domain/operator-error.ts'
import { onStopSignals } from '../ops/stop-signals.ts'
import type { Place, RunningApp } from './house.ts'
import { type Io, line, paint } from './io.ts'
import type { AddCommand } from './command.ts'
import { readConfig } from './settings.ts'

const HELP = `
Without a bot token it starts the Telegram sandbox, so that everything can be tried at once. Ctrl-C stops it: what is under way is
finished first; a second Ctrl-C cuts it, and the next start goes on from there.

Examples:
  $ postrider up
  $ TELEGRAM_BOT_TOKEN=123456789:AAE4f… PORT=9000 postrider up`

export const addUp: AddCommand = ({ program, io, house, exit }) => {
  program
    .command('up')
    .description('start everything: the HTTP API, delivery, the bot, and the sandbox where there is no token')
    .addHelpText('after', HELP)
    .action(async () => {
      const config = readConfig(io)
      if (config.telegramBotToken === null && config.sandbox === 'off') {
        throw new OperatorError(
          'There is no bot token, and SANDBOX=off forbids the sandbox: set TELEGRAM_BOT_TOKEN to the token from @BotFather.',
        )
      }
      exit(await runUntilStopped(await house.createApp(config, 'up'), io, 'Postrider is up.'))
    })
}

/** How long a hard stop may take before the process ends under it. */
const HARD_STOP_MS = 2000

/** Starts, says where to look, and resolves with the exit code after a signal has stopped it. Rejects when it does not start. */
export async function runUntilStopped(app: RunningApp, io: Io, greeting: string): Promise<number> {
  const stopped = Promise.withResolvers<number>()
  let stopping = false
  const stopListening = onStopSignals(io.signals, {
    soft: () => {
      stopping = true
      line(io.stderr, 'Stopping: finishing what is under way (again to stop at once) …')
      app.stop().then(
        () => stopped.resolve(0),
        (error: unknown) => stopped.reject(error),
      )
    },
    hard: () => {
      app.cutShort()
      AbortSignal.timeout(HARD_STOP_MS).addEventListener('abort', () => io.exit(1))
    },
  })
  // A stop that comes while it starts: `start` returns early, and the stop decides.
  stopped.promise.catch(() => undefined)
  try {
    await app.start()
    if (!stopping) announce(app.places, io, greeting)
    return await stopped.promise
  } finally {
    stopListening()
  }
}

function announce(places: readonly Place[], io: Io, greeting: string): void {
  const width = Math.max(...places.map(({ what }) => what.length))
  line(io.stdout, paint(io, io.stdout, 'bold', `\n${greeting}\n`))
  for (const { what, where } of places) line(io.stdout, `  ${what.padEnd(width)}   ${where}`)
  line(io.stdout, '\nCtrl-C stops it.\n')
}
