import type { Write } from '../schema.ts'
import { forgetActivity } from './activity.ts'
import { forgetUpdates } from './updates.ts'

export async function deleteExpired(
  tx: Write,
  before: { nowMs: number; keysBeforeMs: number; updatesBeforeMs: number },
): Promise<number> {
  const { db } = tx
  let count = 0
  for (const table of ['sessions', 'api_tokens', 'chat_codes', 'moves'] as const) {
    const gone = await db.deleteFrom(table).where('expires_at_ms', '<=', before.nowMs).executeTakeFirstOrThrow()
    count += Number(gone.numDeletedRows)
  }
  const codes = await db
    .deleteFrom('account_codes')
    .where('expires_at_ms', '<=', before.nowMs)
    // What can be shown again stays when it was used, until another takes its place.
    .where((eb) => eb.or([eb('seed', 'is', null), eb('used_by_peer_id', 'is', null)]))
    .executeTakeFirstOrThrow()
  const keys = await db
    .deleteFrom('idempotency_keys')
    .where('created_at_ms', '<', before.keysBeforeMs)
    .executeTakeFirstOrThrow()
  count += Number(codes.numDeletedRows) + Number(keys.numDeletedRows)
  return count + (await forgetUpdates(tx, before)) + (await forgetActivity(tx, before.nowMs))
}
