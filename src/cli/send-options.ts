import { type Command, InvalidArgumentError, Option } from 'commander'
import { duration, integer, type Parse, Problem } from '../config/parsers.ts'
import {
  DELIVERY_MODES,
  type DeliveryMode,
  DIGEST_MODES,
  type DigestMode,
  PRIORITIES,
  type Priority,
} from '../domain/delivery-options.ts'
import { timestampMs } from '../domain/timestamp.ts'
import type { NewMessage } from './api-client.ts'
import { UsageError } from './failure.ts'

export interface SendOptions {
  url?: string
  token?: string
  chat?: string
  silent?: true
  priority?: Priority
  delivery?: DeliveryMode
  digest?: DigestMode
  expiresAt?: number
  expiresIn?: number
  wait?: true
  timeout: number
  idempotencyKey?: string
  json?: true
  save?: true
}

/** Times in milliseconds. What is absent has the server's default, which the help names. */
export function addSendOptions(command: Command): Command {
  return command
    .option('--url <url>', 'address of the server (default: POSTRIDER_URL, or http://127.0.0.1:8000)')
    .option('--token <token>', 'API token (default: POSTRIDER_TOKEN)')
    .option('--chat <id>', 'one of your chats (default: your default chat)', by(chatId))
    .option('--silent', 'without a sound (default: with one)')
    .option(
      '--priority <1-5>',
      '5 overtakes all that waits for the same chat, 1 lets all pass (default: 3)',
      by(priority),
    )
    .option(
      '--expires-in <duration>',
      'not sent if it still waits after that long, such as 10m or 2h (default: never)',
      by(lifetime),
    )
    .addOption(
      new Option('--expires-at <time>', 'the same as a moment, such as 2027-01-01T08:00:00Z')
        .argParser(by(moment))
        .conflicts('expiresIn'),
    )
    .addOption(
      new Option(
        '--delivery <mode>',
        'when nobody can know whether it arrived: send it again, or end it as uncertain (default: at_least_once)',
      ).choices(DELIVERY_MODES),
    )
    .addOption(
      new Option(
        '--digest <mode>',
        'may travel with others in one Telegram message while its chat is behind, or never (default: when_behind)',
      ).choices(DIGEST_MODES),
    )
    .option(
      '--idempotency-key <key>',
      'sends nothing twice under the same key (default: a new one)',
      by(idempotencyKey),
    )
    .option('--wait', 'until it is delivered or has failed')
    .addOption(
      new Option('--timeout <duration>', 'how long --wait waits, such as 30s or 5m')
        .argParser(by(duration('1s', '1d')))
        .default(60_000, '60s'),
    )
    .option('--json', 'print each message as one line of JSON')
    .option('--save', 'keep address and token for the next time')
}

/** @throws UsageError when the times among the options cannot be meant, so that nothing is read or sent. */
export function refuseImpossibleTimes({ expiresAt, expiresIn, idempotencyKey }: SendOptions, nowMs: number): void {
  if (expiresIn !== undefined && idempotencyKey !== undefined) {
    throw new UsageError(
      '--expires-in counts from now, so the same command would ask for something else under the same --idempotency-key: use --expires-at.',
    )
  }
  // What is repeated under a key gets the first answer, also when its time is over by now.
  if (expiresAt !== undefined && expiresAt <= nowMs && idempotencyKey === undefined) {
    throw new UsageError(`--expires-at is not in the future: here it is ${new Date(nowMs).toISOString()} now.`)
  }
}

/** What the API is asked for beside the text. `nowMs`: after the text was read, because a pipe may take its time. */
export function wishesOf(options: SendOptions, nowMs: number): Omit<NewMessage, 'text'> {
  const { chat, silent, priority, delivery, digest, expiresAt, expiresIn } = options
  const expiresAtMs = expiresIn === undefined ? expiresAt : nowMs + expiresIn
  return {
    ...(chat !== undefined && { chatId: chat }),
    ...(silent && { silent }),
    ...(priority !== undefined && { priority }),
    ...(delivery !== undefined && { delivery }),
    ...(digest !== undefined && { digest }),
    ...(expiresAtMs !== undefined && { expiresAt: new Date(expiresAtMs).toISOString() }),
  }
}

/** Characters of a key; the API takes no more. */
const LONGEST_KEY = 255

/**
 * The pieces of one text, each with a key of its own, so that each is stored once.
 *
 * @throws UsageError when a key becomes too long: the last piece must not be refused after the first ones were sent.
 */
export function withKeys(pieces: readonly string[], key: string): { text: string; key: string }[] {
  const keyed = pieces.map((text, index) => ({ text, key: pieces.length === 1 ? key : `${key}-${index + 1}` }))
  if (keyed.every((piece) => piece.key.length <= LONGEST_KEY)) return keyed
  throw new UsageError(
    `The text goes out as ${pieces.length} messages, each with its number after the --idempotency-key: choose a shorter one.`,
  )
}

/** Wrong use is told by commander, before anything is sent. */
function by<T>(parse: Parse<T>): (raw: string) => T {
  return (raw) => {
    const value = parse(raw)
    if (value instanceof Problem) throw new InvalidArgumentError(`It ${value.text}.`)
    return value
  }
}

const priority = integer(PRIORITIES[0], PRIORITIES[4])
const lifetime = duration('1s', '365d')

const moment: Parse<number> = (raw) =>
  timestampMs(raw) ??
  new Problem('must be a time with an offset, such as 2027-01-01T08:00:00Z or 2027-01-01T10:00:00+02:00')

const chatId: Parse<string> = (raw) =>
  /^[\x21-\x7e]{1,64}$/.test(raw) ? raw : new Problem('must be the id of a chat, as GET /v1/chats shows it')

const idempotencyKey: Parse<string> = (raw) =>
  raw.length <= LONGEST_KEY && /^[\x21-\x7e]+$/.test(raw)
    ? raw
    : new Problem(`must be 1 to ${LONGEST_KEY} visible ASCII characters`)
