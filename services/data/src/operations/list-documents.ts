import type { Sql } from '@koyalite/contracts'
import { type ListPage, type ListQuery, NO_DOCUMENT } from '@koyalite/query'
import type { Collection } from '@koyalite/schema'
import type { QueryRows, ReadStatement } from '@koyalite/sqlite'
import { auditedReads, recordReads } from '../audit/audited-read'
import type { Caller } from '../caller'
import { type DataContext, modelNamed } from '../data-context'
import { adviceOn } from './advice-on'
import { compiledList, pageStatement } from './compiled-list'
import { monitored } from './monitored'

export interface ListRead {
  readonly query: ListQuery
  /** The request's parameters, for the audit log; null if there are none. */
  readonly asked: string | null
  /** Whether the caller wants to subscribe to the list from this state on. */
  readonly resumable?: false | 'page' | 'all'
}

export interface DocumentPage {
  /** JSON texts. */
  readonly docs: readonly string[]
  /** See `ListPage`. */
  readonly wholes: readonly string[] | null
  /** How many documents match; null unless the query counts. */
  readonly total: number | null
  readonly nextCursor: string | null
  /** Sequence number of the state that page and total were read in. */
  readonly seq: number
  /** Token to subscribe to the list from this state on; null unless `resumable`. For 'all', to subscribe to all documents: null where they are not all. */
  readonly resume: string | null
}

/**
 * The collection of a list. Throws COLLECTION_NOT_FOUND, and UNAUTHENTICATED or FORBIDDEN where the caller may read
 * none of its documents.
 */
export function listedCollection(context: DataContext, caller: Caller, name: string): Collection {
  const { collection } = modelNamed(context, caller, name)
  requireListable(caller, collection)
  return collection
}

/** Reads a page of the documents that match. Throws UNAUTHENTICATED, FORBIDDEN, QUERY_TIMEOUT. */
export async function listDocuments(
  context: DataContext,
  caller: Caller,
  { query, asked, resumable = false }: ListRead,
): Promise<DocumentPage> {
  const { collection } = query
  requireListable(caller, collection)
  const list = compiledList(context.schema, caller.access.read, query)
  // The next page asks for the same count, and counting is most of the work.
  const count: ReadStatement[] = list.total === null ? [] : [{ ...caller.access.bind(list.total), cacheable: true }]
  const read = async (statement: Sql) => {
    const statements = [statement, ...count]
    const [page, counted] = await context.database.readTogether(statements, { timeoutMs: context.queryTimeoutMs })
    const { rows, seq } = page as QueryRows
    return { rows, seq, counted, assembled: list.assemble(rows) }
  }
  const found = await monitored(context, { query, advise: () => adviceOn(context, caller.access, query) }, async () => {
    const first = await read(pageStatement(context, caller, list))
    // Rarely, the rows do not determine where the next page begins.
    return first.assembled ? first : read(caller.access.bind(list.exactPage))
  })
  const { rows, seq, counted, assembled } = found
  const { docs, wholes, nextCursor } = assembled as ListPage
  if (context.audited.shownBy.has(collection.name)) {
    const keys = rows.slice(0, docs.length).map((row) => row[query.sort.length] as string | number)
    await recordReads(context, caller, auditedReads(context, query, { how: 'listed', asked, keys, texts: docs }))
  }
  const total = counted === undefined ? null : Number(counted.rows[0]?.[0])
  const resumeToken = () => {
    if (resumable === false) return null
    if (resumable === 'page') return context.resumeToken(caller.actor, query, seq)
    const hasAll = nextCursor === null && query.after === null && query.offset === 0
    return hasAll ? context.resumeToken(caller.actor, { ...query, isAll: true }, seq) : null
  }
  return {
    docs,
    wholes,
    total,
    nextCursor,
    seq,
    resume: resumeToken(),
  }
}

/** Throws UNAUTHENTICATED or FORBIDDEN where the caller may read no document of the collection. */
export function requireListable({ access }: Caller, collection: Collection): void {
  if (access.read.rows(collection).kind === 'none') throw access.refusal(collection, 'read', NO_DOCUMENT)
}
