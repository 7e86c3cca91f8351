import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'

// A program that starts, brings its database up to date, says how many steps that took, and ends.

const [file = ''] = process.argv.slice(2)
const store = await openSqliteStore({ file })
process.stdout.write(String(await store.migrate()))
await store.close()
