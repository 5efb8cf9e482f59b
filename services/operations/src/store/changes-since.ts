import { EVENT_ENTRIES, type Reads } from '@koyalite/contracts'

/** Documents of one collection that a restore concerns. */
export interface CollectionEffect {
  readonly collection: string
  /** Deleted since the backup: they come back. */
  readonly returned: number
  /** Created since: they will be gone. */
  readonly lost: number
  /** Changed since: they will be as they were. */
  readonly undone: number
}

/** The number of the first change that the log still has; 0 where it has none. */
export function firstChange(reads: Reads): number {
  return Number(reads.get({ text: 'SELECT min(seq) FROM _koyalite_changes', params: [] })?.[0] ?? 0)
}

/** What became of each document: what its first and its last change were says it. */
const SUMMARY = `SELECT doc.collection,
  sum(first.op <> 'insert' AND last.op = 'delete'), sum(first.op = 'insert' AND last.op <> 'delete'), sum(first.op <> 'insert' AND last.op <> 'delete')
FROM (
  SELECT collection, doc_id, min(seq) AS since, max(seq) AS until FROM _koyalite_changes WHERE seq > ? AND collection <> ?
  GROUP BY collection, doc_id
) AS doc
JOIN _koyalite_changes AS first ON first.seq = doc.since
JOIN _koyalite_changes AS last ON last.seq = doc.until
GROUP BY doc.collection ORDER BY doc.collection`

/** Collections of which a restore to this change would change something. */
export function changesSince(reads: Reads, seq: number): readonly CollectionEffect[] {
  return reads
    .all({ text: SUMMARY, params: [seq, EVENT_ENTRIES] })
    .map(([collection, returned, lost, undone]) => ({
      collection: String(collection),
      returned: Number(returned),
      lost: Number(lost),
      undone: Number(undone),
    }))
    .filter(({ returned, lost, undone }) => returned + lost + undone > 0)
}
