import type { Tx } from '../writer/tx'

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

/**
 * Makes a cursor, or resets the one of that name: at the end of the log (`now`), so that the consumer gets what changes from then on; before the oldest
 * change that is there (`start`); or after a certain one.
 */
export function createCursor(tx: Tx, name: string, from: 'now' | 'start' | number = 'now'): ChangeCursor {
  const seq = from === 'now' ? tx.lastSeq() : from === 'start' ? firstSeq(tx) - 1 : from
  const cursor: ChangeCursor = { name, seq, state: 'live' }
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

export function findCursor(source: Pick<Tx, 'get'>, name: string): ChangeCursor | null {
  const row = source.get({ text: 'SELECT seq, state FROM _koyalite_cursors WHERE name = ?', params: [name] })
  return row === undefined ? null : ({ name, seq: row[0], state: row[1] } as ChangeCursor)
}

function firstSeq(tx: Tx): number {
  return (tx.get({ text: 'SELECT min(seq) FROM _koyalite_changes', params: [] })?.[0] as number | null) ?? 1
}
