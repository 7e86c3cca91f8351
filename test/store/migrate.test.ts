import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { type MigrationTarget, migrate, readMigrations } from '../../src/store/migrate.ts'

describe('migrations', () => {
  test('are read in their order, with their number and name', (t) => {
    const folder = folderWith(t, { '0002_b.sql': 'two', '0001_a_first.sql': 'one', 'README.md': 'no' })
    assert.deepEqual(readMigrations(folder), [
      { version: 1, name: 'a_first', sql: 'one' },
      { version: 2, name: 'b', sql: 'two' },
    ])
  })

  test('with a gap, a repeat or a wrong name stop before a database sees them', (t) => {
    for (const files of [['0001_a.sql', '0003_c.sql'], ['0001_a.sql', '0001_b.sql'], ['0002_a.sql'], ['1_a.sql']]) {
      const folder = folderWith(t, Object.fromEntries(files.map((file) => [file, ''])))
      assert.throws(() => readMigrations(folder), /should be number/)
    }
  })

  test('are applied when they are missing, each once, and counted', async () => {
    const { target, applied } = memory([1])
    assert.equal(await migrate(target, [step(1), step(2), step(3)]), 2)
    assert.equal(await migrate(target, [step(1), step(2), step(3)]), 0)
    assert.deepEqual(applied, [1, 2, 3])
  })

  test('that another process applied meanwhile are not counted', async () => {
    const { target } = memory([])
    const late = { ...target, apply: async () => false }
    assert.equal(await migrate(late, [step(1)]), 0)
  })

  test('refuse a database that is newer than the program, in one clear sentence', async () => {
    const { target, applied } = memory([1, 2, 3])
    await assert.rejects(migrate(target, [step(1), step(2)]), {
      name: 'OperatorError',
      message: 'The database is at version 3 and this program knows only 2: start the newer program.',
    })
    assert.deepEqual(applied, [1, 2, 3])
  })
})

function step(version: number) {
  return { version, name: 'x', sql: '' }
}

function memory(applied: number[]): { target: MigrationTarget; applied: number[] } {
  const target: MigrationTarget = {
    applied: async () => [...applied],
    apply: async ({ version }) => {
      applied.push(version)
      return true
    },
  }
  return { target, applied }
}

function folderWith(t: TestContext, files: Record<string, string>): URL {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-migrations-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return pathToFileURL(`${folder}/`)
}
