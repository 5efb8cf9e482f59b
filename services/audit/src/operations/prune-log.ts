import type { AuditContext } from '../audit-context'
import { lastBefore, removeUpTo } from '../store/audit-log'
import { recordEvent } from './record-event'

/**
 * Removes entries older than the retention. The chain stays whole: the last one removed becomes what the rest follows, and that entries
 * were removed is an entry itself. Gives their number.
 * @param keep milliseconds
 */
export async function pruneLog(context: AuditContext, keep: number): Promise<number> {
  const now = context.now()
  const { value } = await context.database.write((tx) => {
    const last = lastBefore(tx, new Date(now - keep).toISOString())
    if (last === null) return 0
    const removed = removeUpTo(tx, last)
    const actor = { kind: 'system', id: null, name: null } as const
    recordEvent(
      tx,
      { event: 'audit.pruned', outcome: 'success', actor, details: { entries: removed, up_to: last.seq } },
      now,
    )
    return removed
  })
  return value
}
