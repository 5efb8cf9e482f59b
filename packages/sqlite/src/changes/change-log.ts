import type { Change, ChangeOp, Sql } from '@koyalite/contracts'
import type { Connection } from '../driver/driver'
import type { StatementCache } from '../driver/statement-cache'

/**
 * The tables of the change log. `seq` is a rowid: one more than the largest there is. So the last row is never pruned (AUTOINCREMENT
 * would keep the numbers growing too, at the price of a second table written in every commit).
 */
const TABLES = `
CREATE TABLE IF NOT EXISTS _koyalite_changes (
  seq INTEGER PRIMARY KEY,
  collection TEXT NOT NULL,
  op TEXT NOT NULL,
  doc_id NOT NULL,
  old TEXT,
  at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS _koyalite_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS _koyalite_cursors (
  name TEXT PRIMARY KEY,
  seq INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'broken')),
  updated_at INTEGER NOT NULL
) WITHOUT ROWID;
`

export const SELECT_LAST_SEQ = 'SELECT max(seq) FROM _koyalite_changes'

/** Creates what the change log needs, where it is not there yet. */
export function createChangeLog(connection: Connection): void {
  connection.exec(TABLES)
}

export interface ChangeRange {
  readonly after: number
  readonly upTo: number
  /** -1: no limit. */
  readonly limit: number
}

/** Changes of a range by some connection's cached statements. @param collections the only ones to look at; null: all */
export function changesBetween(
  statements: StatementCache,
  range: ChangeRange,
  collections: readonly string[] | null = null,
): readonly Change[] {
  const { text, params } = selectChanges(range, collections)
  return statements.get(text).all(params).map(toChange)
}

/** Reads the changes of a range, oldest first: rows for `toChange`. @param collections the only ones to look at; null: all */
export function selectChanges({ after, upTo, limit }: ChangeRange, collections: readonly string[] | null = null): Sql {
  const only = collections === null ? '' : `AND collection IN (${collections.map(() => '?').join(', ')})`
  return {
    // `+?`: a plain parameter after LIMIT makes SQLite compile the statement anew each time.
    text: `SELECT seq, collection, op, doc_id, old, at FROM _koyalite_changes WHERE seq > ? AND seq <= ? ${only} ORDER BY seq LIMIT +?`,
    params: [after, upTo, ...(collections ?? []), limit],
  }
}

/** A row if there is a change of one of these collections. */
export function anyChange({ after, upTo }: Omit<ChangeRange, 'limit'>, collections: readonly string[]): Sql {
  const names = collections.map(() => '?').join(', ')
  return {
    text: `SELECT 1 FROM _koyalite_changes WHERE seq > ? AND seq <= ? AND collection IN (${names}) LIMIT 1`,
    params: [after, upTo, ...collections],
  }
}

export function toChange(row: readonly unknown[]): Change {
  // The columns are written by our triggers alone, with these types.
  const [seq, collection, op, docId, old, at] = row as [
    number,
    string,
    ChangeOp,
    string | number,
    string | null,
    number,
  ]
  return { seq, collection, op, docId, old, at }
}
