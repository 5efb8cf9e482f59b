import { compilePositions, POSITION_STEP } from '@koyalite/query'
import type { QueryRows } from '@koyalite/sqlite'
import { auditedReads, recordReads } from '../audit/audited-read'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'
import { adviceOn } from './advice-on'
import { type ListRead, requireListable } from './list-documents'
import { monitored } from './monitored'

/** Where a list can be entered. */
export interface PositionMap {
  /** How many documents match. */
  readonly total: number
  /** Documents from one cursor to the next. */
  readonly step: number
  /** The first begins a page at document `step`, counted from 0, the second at `2 * step`, and so on. */
  readonly cursors: readonly string[]
  /** Sequence number of the state that all of it was read in. */
  readonly seq: number
}

/** Of a list of more than ten million documents, only the first of these are mapped. */
const MOST_CURSORS = 10_000

/**
 * Maps the documents that match, in one pass where it can be killed.
 * @param signal aborted when nobody waits for the map any more
 * Throws UNAUTHENTICATED, FORBIDDEN, QUERY_TIMEOUT, and INVALID_REQUEST when aborted.
 */
export async function mapPositions(
  context: DataContext,
  caller: Caller,
  { query, asked, signal }: Pick<ListRead, 'query' | 'asked'> & { readonly signal: AbortSignal },
): Promise<PositionMap> {
  const { collection } = query
  requireListable(caller, collection)
  const positions = compilePositions(query, caller.access.read)
  // The same until something changes, and asked for again by each grid that shows the list.
  const statements = [positions.total, positions.marks].map((part) => ({
    ...caller.access.bind(part),
    cacheable: true as const,
  }))
  const [counted, marks] = (await monitored(
    context,
    { query, advise: () => adviceOn(context, caller.access, query) },
    () =>
      context.database.readTogether(statements, { timeoutMs: context.queryTimeoutMs, maxRows: MOST_CURSORS, signal }),
  )) as [QueryRows, QueryRows]
  if (context.audited.shownBy.has(collection.name)) {
    await recordReads(context, caller, auditedReads(context, query, { how: 'listed', asked, keys: [], texts: [] }))
  }
  const total = Number(counted.rows[0]?.[0])
  const cursors = positions.cursors(marks.rows)
  // Behind the last document there is no page.
  return {
    total,
    step: POSITION_STEP,
    cursors: cursors.slice(0, Math.ceil(total / POSITION_STEP) - 1),
    seq: counted.seq,
  }
}
