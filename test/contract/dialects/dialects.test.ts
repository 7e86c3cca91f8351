import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DIALECT_NAMES } from '../../../src/domain/dialects.ts'
import { dialectsNamed } from '../../../src/http/dialects/all-dialects.ts'
import type { DialectAdapter } from './adapter.ts'
import { describeDialect } from './dialect-contract.ts'
import { djangobot } from './djangobot.ts'
import { eora } from './eora.ts'
import { fabotrix } from './fabotrix.ts'
import { moonburnt } from './moonburnt.ts'
import { yuryyurybot } from './yuryyurybot.ts'

const ADAPTERS: readonly DialectAdapter[] = [fabotrix, moonburnt, yuryyurybot, eora, djangobot]

for (const adapter of ADAPTERS) describeDialect(adapter)

test('every dialect that is spoken passes this suite', () => {
  const spoken = dialectsNamed(DIALECT_NAMES).map(({ name }) => name)
  assert.deepEqual(ADAPTERS.map(({ name }) => name).sort(), spoken.sort())
})
