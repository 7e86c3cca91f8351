/** Interfaces of other systems that this one speaks beside its own, by the names that the setting `DIALECTS` knows. */
export const DIALECT_NAMES = ['fabotrix', 'moonburnt', 'yuryyurybot', 'eora', 'djangobot'] as const
export type DialectName = (typeof DIALECT_NAMES)[number]
