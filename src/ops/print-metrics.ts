import { createMetrics } from './metrics.ts'
import { systemClock } from './system-clock.ts'

const INTRODUCTION = `# Metrics

\`GET /metrics\` answers in the Prometheus text format; it needs no credentials and says nothing about people. Printed from the code by
\`npm run docs\`. "Red" says when to worry and what to do.

| metric | type | labels | what it says | red |
| --- | --- | --- | --- | --- |
`

/** What the libraries measure beside ours, as far as one should look at it. */
const OTHERS = `
And what Node says of itself, of which these are worth an alarm:

| metric | what it says | red |
| --- | --- | --- |
| \`process_resident_memory_bytes\` | Memory of the process. | Grows for days: a leak; please report it. A backlog does not make it grow. |
| \`process_open_fds\` | Open files and connections. | Near the limit of the system (\`ulimit -n\`): too many followers or senders at once. |
`

/** `docs/metrics.md`. */
export function printMetrics(): string {
  const rows = createMetrics(systemClock).rows.map(
    ({ name, type, labels, help, red }) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} | ${red} |`,
  )
  return `${INTRODUCTION}${rows.join('\n')}\n${OTHERS}`
}
