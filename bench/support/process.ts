import { type ChildProcess, fork, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { NODE_FLAGS } from '../../test/support/program.ts'
import type { Bench } from '../benchmark.ts'

/** A part of a benchmark in a process of its own, that answers one message at a time. */
export interface Helper {
  readonly pid: number
  /** What it said then. */
  readonly ready: unknown
  ask<Answer>(question: object): Promise<Answer>
}

/** Starts `file` of this folder and resolves when it said that it is ready. */
export async function startHelper(
  bench: Pick<Bench, 'after'>,
  file: string,
  args: readonly string[] = [],
): Promise<Helper> {
  const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] satisfies StdioOptions
  const child = fork(new URL(file, import.meta.url), args, { stdio, execArgv: [...process.execArgv, ...NODE_FLAGS] })
  bench.after(async () => {
    if (!child.connected) return
    const exited = once(child, 'exit')
    child.disconnect()
    await exited
  })
  const ready = await answerOf(child)
  return {
    pid: child.pid ?? 0,
    ready,
    ask: async <Answer>(question: object): Promise<Answer> => {
      child.send(question)
      return (await answerOf(child)) as Answer
    },
  }
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController()
  const exit = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
    throw new Error(`a process of the benchmark ended with ${String(code)}`)
  })
  exit.catch(() => undefined)
  const message = once(child, 'message', { signal: ended.signal })
  message.catch(() => undefined)
  try {
    const [answer] = (await Promise.race([message, exit])) as [unknown]
    return answer
  } finally {
    ended.abort()
  }
}

/** The other end: says that it is ready, and answers each question. */
export function serveHelper(ready: object, answer: (question: unknown) => Promise<object>): void {
  const send = (message: object): void => void process.send?.(message)
  process.on('message', (question) => {
    void answer(question).then(send)
  })
  process.on('disconnect', () => process.exit())
  send(ready)
}
