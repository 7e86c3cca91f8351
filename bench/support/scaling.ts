import { type Bench, median, type Row } from '../benchmark.ts'
import { type Measured, type Parts, Times } from './processor.ts'

const PROCESSES = [1, 2, 3]

/** The same work by one process, by two and by three, and the processor time that each part uses for it. */
export async function scale(
  bench: Pick<Bench, 'rounds' | 'say'>,
  what: string,
  system: {
    /** Resolves when so many processes are at work. */
    grow: (processes: number) => Promise<unknown>
    parts: Parts
    measure: () => Promise<Measured>
  },
): Promise<Row[]> {
  const rows: Row[] = []
  let byOne: number | undefined
  for (const count of PROCESSES) {
    await system.grow(count)
    const times = new Times(system.parts)
    const rounds: number[] = []
    while (rounds.length < bench.rounds) rounds.push(await times.of(system.measure))
    const ours = median(rounds)
    byOne ??= ours
    const processes = `${count} ${count === 1 ? 'process' : 'processes'}`
    bench.say(`${what} by ${processes}: ${rounds.map(Math.round).join(', ')}`)
    const beside = { what: 'by 1 process', value: byOne, ratio: ours / byOne }
    rows.push({ what: `${what} by ${processes}`, ours, unit: 'messages/s', ...(count > 1 && { bare: beside }) })
    rows.push(...times.rows(processes))
  }
  return rows
}
