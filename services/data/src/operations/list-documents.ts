import { compileList, parseListQuery } from '@koyalite/query'
import { auditedReads, recordReads } from '../audit/audited-read'
import { type Caller, type DataContext, modelNamed } from '../data-context'

export interface DocumentPage {
  /** `{"docs":[…],"total":…,"next_cursor":…}` as JSON text. */
  readonly body: string
  /** Sequence number of the state that was read. */
  readonly seq: number
}

/** A page of the documents that match. Throws UNAUTHENTICATED, FORBIDDEN, INVALID_REQUEST, INVALID_FILTER, INVALID_SORT, QUERY_TIMEOUT. */
export async function listDocuments(
  context: DataContext,
  caller: Caller,
  name: string,
  params: URLSearchParams,
): Promise<DocumentPage> {
  const { collection } = modelNamed(context, name)
  if (caller.access.read.rows(collection).kind === 'none') throw caller.access.refusal(collection, 'read')
  const scope = { auth: caller.access.auth, now: caller.now }
  const query = parseListQuery(context.schema, collection, params, caller.access.read, scope)
  const list = compileList(context.schema, query, caller.access.read)
  const options = { timeoutMs: context.queryTimeoutMs }
  const page = await context.database.query(caller.access.bind(list.page), options)
  const { docs, nextCursor } = list.assemble(page.rows)
  const total = list.total
    ? `,"total":${(await context.database.query(caller.access.bind(list.total), options)).rows[0]?.[0]}`
    : ''
  if (context.audited.shownBy.has(name)) {
    const keys = page.rows.slice(0, docs.length).map((row) => row.at(-1) as string | number)
    await recordReads(context, caller, auditedReads(context, query, { how: 'listed', params, keys, texts: docs }))
  }
  const cursor = nextCursor === null ? 'null' : `"${nextCursor}"`
  return { body: `{"docs":[${docs.join(',')}]${total},"next_cursor":${cursor}}`, seq: page.seq }
}
