import { Problem } from './parsers.ts'
import { CLIENT_SETTINGS, SETTINGS, type Setting } from './settings.ts'

const TABLE = Object.values(SETTINGS) as readonly Setting<unknown>[]

/** `.env.example`: every setting as a comment, so that a copy of it changes nothing until a line is uncommented. */
export function printEnvExample(): string {
  const blocks = TABLE.map((setting) => {
    const names = setting.env.length > 1 ? ` Also read: ${setting.env.slice(1).join(', ')}.` : ''
    const fallback = setting.fallback ? ` Default: ${setting.fallback}.` : ''
    return `# ${plain(setting.about)}${plain(fallback)}${names}\n# ${setting.env[0]}=${shownDefault(setting)}\n`
  })
  return `# Settings of Postrider. Copy this file to .env and uncomment what you change; docs/configuration.md says more.\n# Printed from src/config/settings.ts by \`npm run docs\`.\n\n${blocks.join('\n')}`
}

/** `docs/configuration.md`. */
export function printConfiguration(): string {
  return `# Configuration

<!-- Printed from src/config/settings.ts by \`npm run docs\`: change it there. -->

Everything is set by environment variables. A file \`.env\` in the working directory is read too; the environment wins over it.

- An empty value counts as not set, and hides a value in \`.env\`.
- Durations have a unit: \`250ms\`, \`30s\`, \`5m\`, \`24h\`, \`7d\`.
- For every variable \`X\`, the variable \`X_FILE\` may name a file that holds the value, as container secrets do.
- All that is wrong is told at once when the program starts, and never with a secret's value. \`postrider doctor\` checks the rest.

## The server

| variable | default | meaning |
| --- | --- | --- |
${TABLE.map(row).join('\n')}

## The client

\`postrider send\` reads these:

| variable | meaning |
| --- | --- |
${CLIENT_SETTINGS.map(({ env, about }) => `| \`${env}\` | ${about} |`).join('\n')}
`
}

function row(setting: Setting<unknown>): string {
  const [name, ...aliases] = setting.env
  const also = aliases.length > 0 ? ` (also read: ${aliases.map(code).join(', ')})` : ''
  const value = setting.fallback ?? code(shownDefault(setting))
  const about = setting.secret ? `${setting.about} Secret.` : setting.about
  return `| ${code(name)}${also} | ${value} | ${about} |`
}

function code(value: string): string {
  return `\`${value}\``
}

function plain(markdown: string): string {
  return markdown.replaceAll('`', '')
}

function shownDefault(setting: Setting<unknown>): string {
  const { default: value } = setting
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.join(',')
  // No value.
  if (typeof value !== 'number') return ''
  // A setting that does not take its own default as a bare number is a duration.
  return setting.parse(String(value)) instanceof Problem ? shownDuration(value) : String(value)
}

/** In the largest unit that divides it. */
function shownDuration(ms: number): string {
  const units = [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
  ] as const
  const [unit, size] = units.find(([, size]) => ms % size === 0 && (ms > size || size === 1)) ?? units[3]
  return `${ms / size}${unit}`
}
