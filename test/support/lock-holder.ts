/** A process of its own that takes a database's lock, says so, and waits to be killed. */
import { lockDatabase } from '../../src/ops/data-dir.ts'

lockDatabase(process.argv[2] ?? '')
process.send?.('locked')
// The channel to the parent keeps it alive; when the parent is gone, so is the channel.
process.on('disconnect', () => process.exit())
