import type { Tx } from '@koyalite/contracts'
import type { AuditContext } from '../audit-context'
import { lastBefore, linkWithin, removeUpTo } from '../store/audit-log'
import { recordEvent } from './record-event'

/** Entries of one write: about 1 ms. */
const STEP = 500

/**
 * Removes entries older than the retention. The chain stays whole: the last one removed becomes what the rest follows, and that entries
 * were removed is an entry itself. Returns how many.
 * @param keep milliseconds
 */
export async function pruneLog(context: AuditContext, keep: number, signal?: AbortSignal): Promise<number> {
  const now = context.now()
  const last = lastBefore(context.database, new Date(now - keep).toISOString())
  if (last === null) return 0
  let entries = 0
  for (let done = false; !done; ) {
    const { value } = await context.database.write((tx) => {
      const link = linkWithin(tx, last, STEP)
      const removed = removeUpTo(tx, link)
      const isLast = link.seq === last.seq || signal?.aborted === true
      if (isLast) recordPruned(tx, { entries: entries + removed, up_to: link.seq }, now)
      return { removed, isLast }
    })
    entries += value.removed
    done = value.isLast
  }
  return entries
}

function recordPruned(tx: Tx, details: { readonly entries: number; readonly up_to: number }, now: number): void {
  const actor = { kind: 'system', id: null, name: null } as const
  recordEvent(tx, { event: 'audit.pruned', outcome: 'success', actor, details }, now)
}
