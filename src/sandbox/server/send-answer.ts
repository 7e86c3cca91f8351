import type { ServerResponse } from 'node:http'
import type { Clock } from '../../domain/clock.ts'
import type { Delivery } from '../faults/apply-faults.ts'
import type { Answer } from './answer.ts'

/** Writes an answer, as whole or as broken as a fault wants it. */
export async function sendDelivery(
  response: ServerResponse,
  delivery: Delivery,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const { answer, hangup, half, msPerByte } = delivery
  if (hangup === 'close') return void response.socket?.destroy()
  if (hangup === 'reset') return void response.socket?.resetAndDestroy()
  if (half === true) return sendHalf(response, answer)
  if (msPerByte !== undefined) return await drip(response, answer, msPerByte, clock, signal)
  sendAnswer(response, answer)
}

export function sendAnswer(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, headersOf(answer))
  response.end(answer.body)
}

function sendHalf(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, headersOf(answer))
  const half = answer.body.subarray(0, Math.floor(answer.body.length / 2))
  // Destroyed only after the half went out: the caller must see headers and a beginning.
  response.write(half, () => response.socket?.destroy())
}

async function drip(
  response: ServerResponse,
  answer: Answer,
  msPerByte: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(answer.status, headersOf(answer))
  for (let at = 0; at < answer.body.length && !signal.aborted; at += 1) {
    await clock.sleep(msPerByte, signal)
    response.write(answer.body.subarray(at, at + 1))
  }
  response.end()
}

function headersOf(answer: Answer): Record<string, string | number> {
  return {
    ...(answer.contentType !== undefined && { 'content-type': answer.contentType }),
    'content-length': answer.body.length,
    ...(answer.retryAfterSeconds !== undefined && { 'retry-after': answer.retryAfterSeconds }),
    ...(answer.location !== undefined && { location: answer.location }),
    ...(answer.close === true && { connection: 'close' }),
  }
}
