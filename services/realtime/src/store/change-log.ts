import type { Change, ChangeOp } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'

/** The last change that a read sees at this moment; it may not be on the disk yet. */
export function committedSeq(database: Database): number {
  return (database.get({ text: 'SELECT max(seq) FROM _koyalite_changes', params: [] })?.[0] as number | null) ?? 0
}

/** The changes after `after`, up to `upTo`, in their order, at most `limit`. */
export function changesBetween(
  database: Database,
  range: { readonly after: number; readonly upTo: number; readonly limit: number },
): Change[] {
  const rows = database.all({
    text: 'SELECT seq, collection, op, doc_id, old, at FROM _koyalite_changes WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT +?',
    params: [range.after, range.upTo, range.limit],
  })
  return rows.map((row) => {
    // The columns are written by triggers alone, with these types.
    const [seq, collection, op, docId, old, at] = row as [
      number,
      string,
      ChangeOp,
      string | number,
      string | null,
      number,
    ]
    return { seq, collection, op, docId, old, at }
  })
}

/** Whether the log still has every change after `seq`. */
export function reachesBack(database: Database, seq: number): boolean {
  const first = database.get({ text: 'SELECT min(seq) FROM _koyalite_changes', params: [] })?.[0] as number | null
  return seq >= (first ?? 1) - 1
}
