import type { Command } from 'commander'
import type { House } from './house.ts'
import type { Io } from './io.ts'

/** Adds one command to the program. `exit` sets the exit code of a command that ran to its end. */
export type AddCommand = (parts: { program: Command; io: Io; house: House; exit: (code: number) => void }) => void
