/** A process of its own that takes a database's lock, says so, and waits to be killed. */
import { lockDatabase } from '../../src/ops/data-dir.ts'

const lock = lockDatabase(process.argv[2] ?? '')
// Also keeps it from the garbage collector, which would close it.
process.on('exit', () => lock.release())
process.send?.('locked')
// The channel to the parent keeps it alive; when the parent is gone, so is the channel.
process.on('disconnect', () => process.exit())
