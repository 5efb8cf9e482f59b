import type { Tx } from './tx'

/**
 * Where a consumer of the change log stands. `broken`: it fell so far behind that changes after its `seq` were pruned; it must start over from the
 * documents themselves, and then `create` its cursor anew.
 */
export interface ChangeCursor {
  readonly name: string
  /** The last change that the consumer has dealt with. */
  readonly seq: number
  readonly state: 'live' | 'broken'
}

/** Makes a cursor, or resets the one of that name, at the end of the log: the consumer gets what changes from now on. */
export function createCursor(tx: Tx, name: string): ChangeCursor {
  const cursor: ChangeCursor = { name, seq: tx.lastSeq(), state: 'live' }
  tx.run({
    text: `INSERT INTO _koyalite_cursors (name, seq, state, updated_at) VALUES (?, ?, 'live', ?)
      ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, state = 'live', updated_at = excluded.updated_at`,
    params: [name, cursor.seq, Date.now()],
  })
  return cursor
}

/**
 * Moves a live cursor forward; in the transaction of the consumer's own work, that work is done exactly once. False if there is no such cursor, it is
 * broken, or already as far.
 */
export function advanceCursor(tx: Tx, name: string, seq: number): boolean {
  const { changes } = tx.run({
    text: "UPDATE _koyalite_cursors SET seq = ?, updated_at = ? WHERE name = ? AND state = 'live' AND seq < ?",
    params: [seq, Date.now(), name, seq],
  })
  return changes === 1
}

export function removeCursor(tx: Tx, name: string): void {
  tx.run({ text: 'DELETE FROM _koyalite_cursors WHERE name = ?', params: [name] })
}

export function breakCursor(tx: Tx, name: string): void {
  tx.run({
    text: "UPDATE _koyalite_cursors SET state = 'broken', updated_at = ? WHERE name = ?",
    params: [Date.now(), name],
  })
}

/** All cursors, the one furthest behind first. Takes a Tx or a Database. */
export function listCursors(source: Pick<Tx, 'all'>): readonly ChangeCursor[] {
  const rows = source.all({ text: 'SELECT name, seq, state FROM _koyalite_cursors ORDER BY seq, name', params: [] })
  // The table's CHECK keeps `state` to these two.
  return rows.map(([name, seq, state]) => ({ name, seq, state }) as ChangeCursor)
}
