import type { DialectName } from '../../domain/dialects.ts'
import type { Dialect } from './dialect.ts'
import { djangobot } from './djangobot.ts'
import { eora } from './eora.ts'
import { fabotrix } from './fabotrix.ts'
import { moonburnt } from './moonburnt.ts'
import { yuryyurybot } from './yuryyurybot.ts'

/** Every dialect that can be spoken. */
const ALL: readonly Dialect[] = [fabotrix, moonburnt, yuryyurybot, eora, djangobot]

export function dialectsNamed(names: readonly DialectName[]): Dialect[] {
  return ALL.filter(({ name }) => names.includes(name))
}
