import type { Write } from './schema.ts'

/** Whose view of the world changed; and the accounts that changed, are gone, or whose API tokens are. */
export interface Changed {
  changedUsers: Iterable<string>
  changedAccounts: Iterable<string>
}

type Notes = Pick<Write, keyof Changed>

/** Runs `work` in the transaction with somewhere to note what it changes. Of a try that the database undid nothing stays noted. */
export async function noteChanges<T>(
  transaction: (work: (tx: Omit<Write, keyof Changed>) => Promise<T>) => Promise<T>,
  work: (tx: Write) => Promise<T>,
): Promise<{ result: T; changed: Notes }> {
  let changed = noChanges()
  const result = await transaction((tx) => {
    changed = noChanges()
    return work({ ...tx, ...changed })
  })
  return { result, changed }
}

function noChanges(): Notes {
  return { changedUsers: new Set(), changedAccounts: new Set() }
}
