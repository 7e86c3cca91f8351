/** Prints the documents that can be printed from code; with `--check` compares them with what is there, and changes nothing. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createApp } from '../src/app.ts'
import { loadConfig } from '../src/config/load-config.ts'
import { printConfiguration, printEnvExample } from '../src/config/print-settings.ts'
import { createLog } from '../src/ops/logging.ts'
import { printMetrics } from '../src/ops/print-metrics.ts'
import { printPostgresSchema } from '../src/store/postgres/schema-dump.ts'
import { printSqliteSchema } from '../src/store/sqlite/schema-dump.ts'
import { printApiTypes } from './api-types.ts'
import { migratedDatabase, testServer } from '../test/support/postgres-databases.ts'

const ROOT = join(import.meta.dirname, '..')

/** Each document with the function that prints it. */
const DOCUMENTS: readonly { file: string; print: () => string | Promise<string> }[] = [
  { file: '.env.example', print: printEnvExample },
  { file: 'docs/configuration.md', print: printConfiguration },
  { file: 'docs/metrics.md', print: printMetrics },
  { file: 'docs/schema.sqlite.sql', print: printSqliteSchema },
  { file: 'docs/schema.postgres.sql', print: printSchemaOfPostgres },
  { file: 'docs/openapi.json', print: printOpenApi },
  { file: 'web/src/api/schema.d.ts', print: async () => printApiTypes(JSON.parse(await printOpenApi()), OWN_TAGS) },
]

/** Of the OpenAPI document, without the interfaces of other systems. */
const OWN_TAGS = ['account', 'tokens', 'messages', 'chats', 'bots', 'operations', 'operator', 'sandbox']

const check = process.argv.includes('--check')
let stale = 0
for (const { file, print } of DOCUMENTS) {
  const path = join(ROOT, file)
  const wanted = await print()
  if (readIfThere(path) === wanted) continue
  stale++
  if (check) {
    console.log(`${file} is not what the code prints: run \`npm run docs\``)
  } else {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, wanted)
    console.log(`${file} printed`)
  }
}
if (check && stale > 0) process.exitCode = 1

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Of the PostgreSQL that the tests use: only a server can say what it made of the migrations. */
async function printSchemaOfPostgres(): Promise<string> {
  const database = await migratedDatabase()
  const { url } = await testServer()
  return await printPostgresSchema({ url: url(database) })
}

/** As the program serves it: nothing knows its routes better. */
async function printOpenApi(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'postrider-docs-'))
  const config = loadConfig({ DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent' })
  const app = await createApp(config, { log: createLog(config) })
  try {
    await app.start()
    const response = await fetch(`${app.url}/openapi.json`)
    return `${JSON.stringify(await response.json(), null, 2)}\n`
  } finally {
    await app.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
