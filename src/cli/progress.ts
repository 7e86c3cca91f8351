import { type Contents, rowsIn, watched } from '../domain/contents.ts'
import { OperatorError } from '../domain/operator-error.ts'
import { onStopSignals } from '../ops/stop-signals.ts'
import { type Io, line } from './io.ts'

/** Below this many rows (or pages of a file) it is over before somebody has read a line about it. */
const WORTH_A_LINE = 10_000

const BAR_WIDTH = 30

/** Says how far a command is: a bar on a terminal, a line every tenth of the way elsewhere, always on standard error. */
export interface Progress {
  /** So many of all are done. */
  reach: (done: number, total: number) => void
  /** Takes the bar away. */
  end: () => void
}

/** `doing` is such as "Exporting", `what` such as "rows". */
export function showProgress(io: Io, doing: string, what: string): Progress {
  const { stderr } = io
  const isTerminal = stderr.isTTY === true
  let shown = -1
  return {
    reach(done, total) {
      const percent = total === 0 ? 100 : Math.min(100, Math.floor((done / total) * 100))
      const step = isTerminal ? percent : Math.floor(percent / 10)
      if (step === shown || (!isTerminal && total < WORTH_A_LINE)) return
      shown = step
      const numbers = `${percent} % (${done.toLocaleString('en')} of ${total.toLocaleString('en')} ${what})`
      if (isTerminal) stderr.write(`\r${doing} ${bar(percent)} ${numbers}\u001B[K`)
      else line(stderr, `${doing}: ${numbers}`)
    },
    end() {
      if (isTerminal && shown >= 0) stderr.write('\r\u001B[K')
    },
  }
}

function bar(percent: number): string {
  const full = Math.round((percent / 100) * BAR_WIDTH)
  return `[${'#'.repeat(full)}${'-'.repeat(BAR_WIDTH - full)}]`
}

/**
 * Runs work with a progress that rejects it, and so undoes it, when the person presses Ctrl-C; a second Ctrl-C ends the program.
 */
export async function withProgress<T>(
  io: Io,
  [doing, what]: readonly [doing: string, what: string],
  work: (reach: Progress['reach']) => Promise<T>,
): Promise<T> {
  const progress = showProgress(io, doing, what)
  let stopped = false
  const stopListening = onStopSignals(io.signals, {
    soft: () => {
      stopped = true
    },
    hard: () => io.exit(1),
  })
  try {
    return await work((done, total) => {
      if (stopped) throw new OperatorError('It was stopped before its end, and nothing was kept.')
      progress.reach(done, total)
    })
  } finally {
    progress.end()
    stopListening()
  }
}

/** Tells the progress how many of all rows have passed by. */
export function countTo(contents: Contents, reach: Progress['reach']): Contents {
  const total = rowsIn(contents)
  let done = 0
  return watched(contents, (rows) => reach((done += rows), total))
}
