import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { OperatorError } from '../domain/operator-error.ts'
import { UsageError } from './failure.ts'
import { type Io, line } from './io.ts'

/**
 * A new password: the first line of standard input with `fromStdin`, else asked for twice on the terminal, without showing it.
 *
 * @throws UsageError when there is no terminal to ask on.
 */
export async function newPassword(io: Io, fromStdin: boolean): Promise<string> {
  if (fromStdin) return firstLine(await readAll(io.stdin))
  if (!io.stdin.isTTY) throw new UsageError('There is no terminal to ask for the password on: use --password-stdin.')
  const [password = '', again] = await askSecretly(io, ['New password: ', 'The same again: '])
  if (again !== password) {
    throw new OperatorError('The two passwords are not the same; nothing was changed.')
  }
  return password
}

/** Asks for a yes on the terminal; anything else is a no. */
export async function confirm(io: Io, question: string): Promise<boolean> {
  if (!io.stdin.isTTY) throw new UsageError('There is no terminal to ask on: add --yes if you are sure.')
  const terminal = createInterface({ input: io.stdin, output: io.stderr })
  const answer = await terminal.question(`${question} (yes/no) `)
  terminal.close()
  return /^y(es)?$/i.test(answer.trim())
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? ''
}

async function askSecretly(io: Io, questions: readonly string[]): Promise<string[]> {
  // The terminal is in raw mode, where the one who echoes what is typed is readline; its echo goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: io.stdin, output: nowhere, terminal: true })
  const givenUp = Promise.withResolvers<never>()
  const giveUp = (): void => givenUp.reject(new OperatorError('Nothing was changed.'))
  givenUp.promise.catch(() => undefined)
  terminal.on('SIGINT', giveUp).on('close', giveUp)
  try {
    const answers: string[] = []
    for (const question of questions) {
      // Listening begins before the question is seen, so that the fastest answer is heard.
      const answer = terminal.question('')
      io.stderr.write(question)
      answers.push(await Promise.race([answer, givenUp.promise]))
      line(io.stderr)
    }
    return answers
  } finally {
    terminal.close()
  }
}
