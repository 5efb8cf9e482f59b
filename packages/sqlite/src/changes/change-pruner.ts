import type { Log } from '../log'
import type { Sync, Tx } from '../writer/tx'
import type { WriteResult } from '../writer/write-queue'
import { breakCursor, type ChangeCursor, listCursors } from './change-cursors'

/** How much of the change log is retained. */
export interface ChangeRetention {
  /** Changes younger than this are retained while the log is within `maxBytes`. */
  readonly keepMs: number
  readonly maxBytes: number
  /** What the slowest consumer may keep the log from shrinking to; further behind, its cursor is broken. Default: 4 × maxBytes. */
  readonly maxLagBytes?: number
}

export const CHANGE_RETENTION: ChangeRetention = { keepMs: 24 * 3600 * 1000, maxBytes: 256 * 1024 * 1024 }

export interface PrunerOptions {
  readonly retention: ChangeRetention
  readonly write: <T>(fn: (tx: Tx) => Sync<T>) => Promise<WriteResult<T>>
  /** Nothing after this has been handed to the listeners yet. */
  readonly publishedSeq: () => number
  readonly log: Log
  readonly now?: () => number
}

/** Deletes at most so many changes in one write function: about 1 ms. */
const STEP = 500

/** What a row takes besides its texts: header, numbers, its share of the page. */
const ROW_OVERHEAD = 40

/**
 * Removes the oldest changes: those beyond the age or the size, but none that a live cursor has yet to see, and never the last one (its number decides the
 * next). Returns the number of changes removed.
 */
export async function pruneChanges(options: PrunerOptions): Promise<number> {
  const { value: target } = await options.write((tx) => pruneTarget(tx, options))
  let removed = 0
  for (;;) {
    const { value } = await options.write((tx) => removeUpTo(tx, target))
    removed += value
    if (value < STEP) return removed
  }
}

function removeUpTo(tx: Tx, seq: number): number {
  return tx.run({
    text: 'DELETE FROM _koyalite_changes WHERE seq IN (SELECT seq FROM _koyalite_changes WHERE seq <= ? ORDER BY seq LIMIT ?)',
    params: [seq, STEP],
  }).changes
}

/** The last change that may go; 0 for none. */
function pruneTarget(tx: Tx, options: PrunerOptions): number {
  const { retention, log, publishedSeq, now = Date.now } = options
  const last = tx.lastSeq()
  const first = numberOf(tx, 'SELECT min(seq) FROM _koyalite_changes')
  if (last === 0) return 0
  const rowBytes = averageRowBytes(tx, first, last)
  const bySize = last - Math.floor(retention.maxBytes / rowBytes)
  const byAge = lastBefore(tx, { first, last, time: now() - retention.keepMs })
  const wanted = Math.min(Math.max(bySize, byAge), last - 1, publishedSeq())
  const maxLag = Math.floor((retention.maxLagBytes ?? 4 * retention.maxBytes) / rowBytes)
  return Math.min(wanted, ...liveCursors(tx, last - maxLag, log).map(({ seq }) => seq))
}

/** Marks the cursors before `oldest` as broken; returns the others. */
function liveCursors(tx: Tx, oldest: number, log: Log): readonly ChangeCursor[] {
  const live = listCursors(tx).filter(({ state }) => state === 'live')
  for (const { name, seq } of live.filter((cursor) => cursor.seq < oldest)) {
    breakCursor(tx, name)
    log.error(
      { cursor: name, seq },
      'a change consumer is too far behind: its cursor is invalid and it must start over',
    )
  }
  return live.filter(({ seq }) => seq >= oldest)
}

/** From a sample spread over the log: reading all of it would take as long as the log is large. Bytes are counted without reading them. */
function averageRowBytes(tx: Tx, first: number, last: number): number {
  const row = tx.get({
    text: `WITH RECURSIVE sample(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM sample WHERE i < 63)
      SELECT avg(length(collection) + length(doc_id) + coalesce(octet_length(old), 0))
      FROM sample JOIN _koyalite_changes ON seq = ? + ? * i / 63`,
    params: [first, last - first],
  })
  return ROW_OVERHEAD + ((row?.[0] as number | null) ?? 0)
}

/** The last change older than `time`, by bisection: times grow with the numbers, except for corrections of the clock. */
function lastBefore(tx: Tx, range: { first: number; last: number; time: number }): number {
  let low = range.first - 1
  let high = range.last
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const at = tx.get({
      text: 'SELECT at FROM _koyalite_changes WHERE seq >= ? ORDER BY seq LIMIT 1',
      params: [middle],
    })?.[0]
    if (typeof at === 'number' && at < range.time) low = middle
    else high = middle - 1
  }
  return low
}

function numberOf(tx: Tx, text: string): number {
  return (tx.get({ text, params: [] })?.[0] as number | null | undefined) ?? 0
}
