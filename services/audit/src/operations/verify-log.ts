import type { AuditContext } from '../audit-context'
import { type AuditEntry, anchor, type ChainLink, columnsOf, entriesAfter, type StoredEntry } from '../store/audit-log'
import { entryHash } from './record-event'

export type AuditVerdict =
  /** Every entry is as it was recorded. `head` may be noted elsewhere, and asked for at the next verification: only that shows a cut-off end. */
  | { readonly ok: true; readonly entries: number; readonly head: ChainLink }
  | { readonly ok: false; readonly entries: number; readonly seq: number; readonly reason: string }

const PORTION = 1000

/**
 * Follows the chain from its beginning to its end.
 * @param expected a head of an earlier verification: it must still be in the chain
 */
export async function verifyLog(context: AuditContext, expected: ChainLink | null = null): Promise<AuditVerdict> {
  let link = anchor(context.database)
  let found = expected === null || expected.seq <= link.seq
  if (expected !== null && expected.seq === link.seq && expected.hash !== link.hash) return cut(0, expected)
  let entries = 0
  for (;;) {
    const portion = entriesAfter(context.database, link.seq, PORTION)
    for (const stored of portion) {
      const reason = whatIsWrong(link, stored)
      if (reason !== null) return { ok: false, entries, seq: stored.seq, reason }
      if (stored.seq === expected?.seq) {
        if (stored.hash !== expected.hash) return cut(entries, expected)
        found = true
      }
      link = { seq: stored.seq, hash: stored.hash }
      entries++
    }
    if (portion.length < PORTION) break
    // Others want the event loop too.
    await Bun.sleep(0)
  }
  return found || expected === null ? { ok: true, entries, head: link } : cut(entries, expected)
}

function cut(entries: number, expected: ChainLink): AuditVerdict {
  return {
    ok: false,
    entries,
    seq: expected.seq,
    reason: 'the noted entry is missing or was replaced',
  }
}

function whatIsWrong(before: ChainLink, stored: StoredEntry): string | null {
  if (stored.seq !== before.seq + 1) return `entries ${before.seq + 1} to ${stored.seq - 1} are missing`
  if (stored.hash !== entryHash(before.hash, stored.entry)) return 'the entry or the one before it was changed'
  const entry = JSON.parse(stored.entry) as AuditEntry
  const isSame = entry.seq === stored.seq && columnsOf(entry).every((value, index) => value === stored.columns[index])
  return isSame ? null : 'the indexed columns of the entry were changed'
}
