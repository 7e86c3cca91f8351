import { randomUUID } from 'node:crypto'
import { text as readAll } from 'node:stream/consumers'
import type { Clock } from '../domain/clock.ts'
import type { MessageStatus } from '../domain/message-state.ts'
import { OperatorError } from '../domain/operator-error.ts'
import { ApiClient, type NewMessage, type SentMessage } from './api-client.ts'
import { readClientSettings, saveClientSettings } from './client-settings.ts'
import { UsageError } from './failure.ts'
import { type Io, line, paint } from './io.ts'
import type { AddCommand } from './command.ts'
import { addSendOptions, refuseImpossibleTimes, type SendOptions, wishesOf, withKeys } from './send-options.ts'
import { splitInput } from './split-input.ts'

const HELP = `
Without a text it sends what comes in on standard input. Exit code 0: accepted, and with --wait delivered. Exit code 1: refused, not
reached, failed, expired, uncertain, or not delivered in time. Exit code 2: used wrongly; nothing was sent.

The address and the token come from the options, from POSTRIDER_URL and POSTRIDER_TOKEN, or from ~/.config/postrider/config.json,
which --save writes. A token on a command line can be seen by other users of the machine; the environment is better.

Examples:
  $ postrider send "The build is green"
  $ git log -3 | postrider send --wait
  $ df -h | postrider send --silent --priority 1 --chat cht_01h…
  $ postrider send --priority 5 --expires-in 10m --wait "The door is open"`

export const addSend: AddCommand = ({ program, io, house, exit }) => {
  const command = program
    .command('send')
    .description('send a message to your Telegram')
    .argument('[text...]', 'the message; standard input without one')
  addSendOptions(command)
    .addHelpText('after', HELP)
    .action(async (words: string[], options: SendOptions) => {
      exit(await send(io, house.clock, words, options))
    })
}

async function send(io: Io, clock: Clock, words: readonly string[], options: SendOptions): Promise<number> {
  if (words.length > 0 && words.join('').trim() === '')
    throw new UsageError('There is no text to send: what was given is empty.')
  refuseImpossibleTimes(options, clock.now())
  const settings = readClientSettings(io, options)
  const pieces = withKeys(splitInput(await readText(io, words)), options.idempotencyKey ?? randomUUID())
  if (pieces.length > 1)
    line(io.stderr, `The text is too long for one message and goes out as ${pieces.length}, in order.`)
  const client = new ApiClient({ settings, clock, onRetry: (reason) => line(io.stderr, reason) })

  const accepted: SentMessage[] = []
  const wishes = wishesOf(options, clock.now())
  for (const { text, key } of pieces)
    accepted.push(await sendOne(client, { message: { text, ...wishes }, key, before: accepted.length }))
  if (options.save) line(io.stderr, `Saved in ${saveClientSettings(io, settings)}.`)

  let allWell = true
  const untilMs = clock.now() + options.timeout
  for (const message of accepted) {
    const now = options.wait ? await waitFor(client, clock, message, untilMs) : message
    const verdict = judge(now, options)
    allWell &&= verdict.well
    tell(io, options, now, verdict)
  }
  return allWell ? 0 : 1
}

async function readText(io: Io, words: readonly string[]): Promise<string> {
  if (words.length > 0) return words.join(' ')
  if (io.stdin.isTTY)
    throw new UsageError('There is nothing to send: give a text, or pipe one in. See postrider send --help.')
  const text = (await readAll(io.stdin)).replace(/(\r?\n)+$/, '')
  if (text === '') throw new OperatorError('There is nothing to send: standard input is empty.')
  return text
}

interface Piece {
  message: NewMessage
  key: string
  /** How many pieces of the same text are accepted already. */
  before: number
}

async function sendOne(client: ApiClient, { message, key, before }: Piece): Promise<SentMessage> {
  try {
    return await client.send(message, key)
  } catch (error) {
    if (before === 0 || !(error instanceof OperatorError)) throw error
    throw new OperatorError(`${before} parts were accepted, the rest was not. ${error.message}`, { cause: error })
  }
}

/** States in which a message stays. */
const ENDED: readonly MessageStatus[] = ['delivered', 'failed', 'uncertain', 'cancelled', 'expired']
/** Delivery takes a tenth of a second on a good day; asking more often would tell nothing sooner. */
const FIRST_LOOK_MS = 100
const LONGEST_LOOK_MS = 2000

/** The message when it has ended, or as it is when time is up. */
async function waitFor(client: ApiClient, clock: Clock, accepted: SentMessage, untilMs: number): Promise<SentMessage> {
  let message = accepted
  for (let lookMs = FIRST_LOOK_MS; !ENDED.includes(message.status); lookMs = Math.min(lookMs * 2, LONGEST_LOOK_MS)) {
    const leftMs = untilMs - clock.now()
    if (leftMs <= 0) return message
    await clock.sleep(Math.min(lookMs, leftMs))
    message = await client.get(accepted.id)
  }
  return message
}

interface Verdict {
  well: boolean
  sentence: string
}

/** What is true of this message, in words that promise nothing more. */
function judge(
  { status, error, waitingFor, deliveredAt, possibleDuplicate }: SentMessage,
  options: SendOptions,
): Verdict {
  switch (status) {
    case 'delivered':
      return {
        well: true,
        sentence: `Delivered ${deliveredAt ?? ''}${possibleDuplicate ? ', perhaps twice: a call was cut off and made again' : ''}.`,
      }
    case 'queued':
    case 'sending':
      return options.wait
        ? {
            well: false,
            sentence: `Not delivered yet, and still on its way${waitingFor === null ? '' : ` (waits for: ${waitingFor})`}.`,
          }
        : { well: true, sentence: 'Accepted; it will be delivered.' }
    case 'failed':
    case 'uncertain':
    case 'cancelled':
    case 'expired':
      return { well: false, sentence: `${capitalised(status)}. ${error?.detail ?? ''}`.trimEnd() }
  }
}

function tell(io: Io, options: SendOptions, message: SentMessage, { well, sentence }: Verdict): void {
  if (options.json) return line(io.stdout, JSON.stringify(message))
  const output = well ? io.stdout : io.stderr
  line(output, `${paint(io, output, well ? 'green' : 'red', sentence)} ${paint(io, output, 'dim', message.id)}`)
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
