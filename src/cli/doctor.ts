import { type Config, ConfigError } from '../config/load-config.ts'
import { checkDataDir, checkDatabase, checkPort, checkSandboxPort, checkSettings } from './check-machine.ts'
import { checkTelegram } from './check-telegram.ts'
import type { AddCommand } from './command.ts'
import { type Finding, fail } from './finding.ts'
import type { House } from './house.ts'
import { type Io, line, paint } from './io.ts'
import { readConfig } from './settings.ts'

const HELP = `
Looks at the settings, the data, Telegram and the clock. Exit code 1 when something stops the program from working.

Example:
  $ postrider doctor --json | jq '.[] | select(.state != "ok")'`

export const addDoctor: AddCommand = ({ program, io, house, exit }) => {
  program
    .command('doctor')
    .description('check the installation and say what to do')
    .option('--json', 'print a JSON array')
    .addHelpText('after', HELP)
    .action(async ({ json }: { json?: true }) => {
      const findings = await examine(io, house)
      if (json) line(io.stdout, JSON.stringify(findings, null, 2))
      else for (const finding of findings) line(io.stdout, shown(io, finding))
      exit(findings.some(({ state }) => state === 'fail') ? 1 : 0)
    })
}

async function examine(io: Io, house: House): Promise<Finding[]> {
  let config: Config
  try {
    config = readConfig(io)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map((problem) => fail('settings', `${problem}.`))
  }
  const [port, sandboxPort, telegram] = await Promise.all([
    checkPort(config),
    checkSandboxPort(config),
    checkTelegram(config, house),
  ])
  const dataDir = checkDataDir(config)
  return [
    ...checkSettings(config),
    ...dataDir,
    ...(await checkDatabase(config, house)),
    port,
    ...sandboxPort,
    ...telegram,
  ]
}

function shown(io: Io, { check, state, detail }: Finding): string {
  const colour = { ok: 'green', warn: 'yellow', fail: 'red' } as const
  return `${paint(io, io.stdout, colour[state], state.padEnd(4))}  ${check.padEnd(12)}  ${detail}`
}
