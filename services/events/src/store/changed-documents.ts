import type { Change, ChangeOp, Reads } from '@koyalite/contracts'
import { bound, documentJson, READ_ALL } from '@koyalite/query'
import { columnOf, identifier, sql, valueList } from '@koyalite/query/sql'
import type { Collection } from '@koyalite/schema'
import type { SeqRange } from './event-log'

/** A change without what was before it. */
export interface ChangeHead extends Pick<Change, 'seq' | 'collection' | 'docId'> {
  /** How long `old` is, counted without reading it. */
  readonly oldBytes: number
}

/** Changes of some collections in a range, oldest first. */
export function changeHeads(
  reads: Reads,
  { first, last }: SeqRange,
  collections: readonly string[],
): readonly ChangeHead[] {
  const text = `SELECT "seq", "collection", "doc_id", coalesce(octet_length("old"), 0) FROM "_koyalite_changes"
    WHERE "seq" >= ? AND "seq" <= ? AND "collection" IN (SELECT "value" FROM json_each(?)) ORDER BY "seq"`
  const rows = reads.all({ text, params: [first, last, JSON.stringify(collections)] })
  // Only triggers write these columns, with these types.
  return rows.map(([seq, collection, docId, oldBytes]) => ({ seq, collection, docId, oldBytes }) as ChangeHead)
}

/** Changes by their numbers, oldest first. */
export function changesBySeq(reads: Reads, seqs: readonly number[]): readonly Change[] {
  const text = `SELECT "seq", "collection", "op", "doc_id", "old", "at" FROM "_koyalite_changes"
    WHERE "seq" IN (SELECT "value" FROM json_each(?)) ORDER BY "seq"`
  return reads.all({ text, params: [JSON.stringify(seqs)] }).map((row) => {
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

/** How far a look into the log goes. */
export interface Deletions {
  readonly rows: readonly Pick<Change, 'seq' | 'collection' | 'docId' | 'at'>[]
  /** The last entry of the same time that was looked at; null where there are no more. */
  readonly last: number | null
}

/** Deletions among the next entries that were made at the time `at`. */
export function deletionsAfter(
  reads: Pick<Reads, 'all'>,
  { at, scannedTo }: { readonly at: number; readonly scannedTo: number },
  { collections, limit }: { readonly collections: readonly string[]; readonly limit: number },
): Deletions {
  const text = `SELECT "seq", "collection", "op", "doc_id", "at" FROM "_koyalite_changes" WHERE "seq" > ? ORDER BY "seq" LIMIT ?`
  const rows = reads.all({ text, params: [scannedTo, limit] })
  const end = rows.findIndex((row) => row[4] !== at)
  const ofTime = end === -1 ? rows : rows.slice(0, end)
  return {
    rows: ofTime.flatMap(([seq, collection, op, docId]) =>
      op === 'delete' && collections.includes(String(collection))
        ? [{ seq: Number(seq), collection: String(collection), docId: docId as string | number, at }]
        : [],
    ),
    last: end === -1 && rows.length === limit ? Number(rows.at(-1)?.[0]) : null,
  }
}

/** The documents of a collection as they are now, by key: their JSON. Those that are not there are not in it. */
export function presentTexts(
  reads: Reads,
  collection: Collection,
  keys: readonly (string | number)[],
): ReadonlyMap<string | number, string> {
  const key = columnOf('d0', collection.primaryKey.column)
  const document = bound(documentJson(collection, READ_ALL, 'd0'))
  const table = identifier(collection.table)
  const rows = reads.all(sql`SELECT ${key}, ${document} FROM ${table} AS "d0" WHERE ${key} IN (${valueList(keys)})`)
  return new Map(rows.map((row) => [row[0] as string | number, row[1] as string]))
}

/** The last entry of the change log that a read sees; 0 without any. */
export function lastSeq(reads: Reads): number {
  return (reads.get({ text: 'SELECT max("seq") FROM "_koyalite_changes"', params: [] })?.[0] as number | null) ?? 0
}
