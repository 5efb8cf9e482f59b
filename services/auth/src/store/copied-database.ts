import type { Tx } from '@koyalite/contracts'

/** How much a copy of a database has lost. */
export interface RemovedAccess {
  readonly sessions: number
  readonly keys: number
  readonly links: number
}

/**
 * Removes from a copy whatever would open it and the original alike: sessions with their refresh tokens, service keys,
 * and links and codes that were sent or begun. Users, operators, passwords and second factors stay.
 */
export function removeCopiedAccess(tx: Tx): RemovedAccess {
  // With their refresh tokens and proofs, by their foreign keys.
  const sessions = emptied(tx, '_koyalite_sessions')
  emptied(tx, '_koyalite_refresh_tokens')
  emptied(tx, '_koyalite_key_uses')
  return { sessions, keys: emptied(tx, '_koyalite_keys'), links: emptied(tx, '_koyalite_one_time_tokens') }
}

function emptied(tx: Tx, table: string): number {
  // An older database without such a table, opened by a command that migrates nothing.
  if (!tx.get({ text: `SELECT 1 FROM sqlite_schema WHERE name = ?`, params: [table] })) return 0
  return tx.run({ text: `DELETE FROM "${table}"`, params: [] }).changes
}
