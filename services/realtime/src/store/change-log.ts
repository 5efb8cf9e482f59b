import type { Change } from '@koyalite/contracts'
import type { ChangeRange, Database } from '@koyalite/sqlite'

/** The last change that a read sees at this moment; it may not be on the disk yet. */
export function committedSeq(database: Database): number {
  return (database.get({ text: 'SELECT max(seq) FROM _koyalite_changes', params: [] })?.[0] as number | null) ?? 0
}

/** What was changed, and how long that is which the log keeps of it. */
export interface ChangedDocument extends Pick<Change, 'collection' | 'docId'> {
  /** Counted without reading it. */
  readonly oldBytes: number
}

/** The changes of a range, oldest first. */
export function changedBetween(database: Database, { after, upTo, limit }: ChangeRange): readonly ChangedDocument[] {
  const text = `SELECT "collection", "doc_id", coalesce(octet_length("old"), 0) FROM "_koyalite_changes"
    WHERE "seq" > ? AND "seq" <= ? ORDER BY "seq" LIMIT +?`
  const rows = database.all({ text, params: [after, upTo, limit] })
  // Only triggers write these columns, with these types.
  return rows.map(([collection, docId, oldBytes]) => ({ collection, docId, oldBytes }) as ChangedDocument)
}

/** Whether the log still has every change after `seq`. */
export function reachesBack(database: Database, seq: number): boolean {
  const first = database.get({ text: 'SELECT min(seq) FROM _koyalite_changes', params: [] })?.[0] as number | null
  return seq >= (first ?? 1) - 1
}
