import { type AggregateQuery, compileAggregate, readGroups } from '@koyalite/query'
import type { QueryRows } from '@koyalite/sqlite'
import { auditedAggregate, recordReads } from '../audit/audited-read'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'
import { adviceOn } from './advice-on'
import { requireListable } from './list-documents'
import { monitored } from './monitored'

export interface AggregateRead {
  readonly query: AggregateQuery
  /** The request's parameters, for the audit log; null if there are none. */
  readonly asked: string | null
}

export interface DocumentGroups {
  /** JSON texts. */
  readonly groups: readonly string[]
  /** Sequence number of the state that they were read in. */
  readonly seq: number
}

/** Computes values of the documents that match, in groups. Throws UNAUTHENTICATED, FORBIDDEN, QUERY_TIMEOUT, OUT_OF_RANGE. */
export async function aggregateDocuments(
  context: DataContext,
  caller: Caller,
  { query, asked }: AggregateRead,
): Promise<DocumentGroups> {
  const { collection, limit } = query
  requireListable(caller, collection)
  const statement = caller.access.bind(compileAggregate(query, caller.access.read))
  // Until something changes the result is the same, and dashboards ask for it again and again.
  const statements = [{ ...statement, cacheable: true }] as const
  const [result] = await monitored(context, { query, advise: () => adviceOn(context, caller.access, query) }, () =>
    context.database.readTogether(statements, { timeoutMs: context.queryTimeoutMs }),
  )
  const { rows, seq } = result as QueryRows
  if (context.audited.shownBy.has(collection.name)) {
    await recordReads(context, caller, auditedAggregate(context, query, asked))
  }
  return { groups: readGroups(rows, limit), seq }
}
