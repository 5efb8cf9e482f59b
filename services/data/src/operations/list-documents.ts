import { AppError, type Sql } from '@koyalite/contracts'
import type { CompiledList, ListPage } from '@koyalite/query'
import type { QueryRows, ReadStatement } from '@koyalite/sqlite'
import { auditedReads, recordReads } from '../audit/audited-read'
import { type Caller, type DataContext, modelNamed } from '../data-context'
import { prepareList } from './prepared-list'

export interface DocumentPage {
  /** `{"docs":[…],"total":…,"next_cursor":…}` as JSON text. */
  readonly body: string
  /** Sequence number of the state that page and total are of. */
  readonly seq: number
  /** With which the caller goes on to follow the list; null where `resume=true` was not asked for. */
  readonly resume: string | null
}

/** A page of the documents that match. Throws UNAUTHENTICATED, FORBIDDEN, INVALID_REQUEST, INVALID_FILTER, INVALID_SORT, QUERY_TIMEOUT. */
export async function listDocuments(
  context: DataContext,
  caller: Caller,
  name: string,
  asked: URLSearchParams,
): Promise<DocumentPage> {
  const { isResumable, params } = withoutResume(asked)
  const { collection } = modelNamed(context, name)
  if (caller.access.read.rows(collection).kind === 'none') throw caller.access.refusal(collection, 'read')
  const { query, list } = prepareList(context, caller, collection, params)
  // Whoever turns pages asks again, and counting is most of the work.
  const count: ReadStatement[] = list.total === null ? [] : [{ ...caller.access.bind(list.total), kept: true }]
  const read = async (statement: Sql) => {
    const statements = [statement, ...count]
    const [page, counted] = await context.database.readTogether(statements, { timeoutMs: context.queryTimeoutMs })
    const { rows, seq } = page as QueryRows
    return { rows, seq, counted, assembled: list.assemble(rows) }
  }
  const found = await read(pageStatement(context, caller, list))
  // Rarely, what was read does not tell where the next page begins.
  const { rows, seq, counted, assembled } = found.assembled ? found : await read(caller.access.bind(list.exactPage))
  const { docs, nextCursor } = assembled as ListPage
  const total = counted === undefined ? '' : `,"total":${counted.rows[0]?.[0]}`
  if (context.audited.shownBy.has(name)) {
    const keys = rows.slice(0, docs.length).map((row) => row[query.sort.length] as string | number)
    await recordReads(context, caller, auditedReads(context, query, { how: 'listed', params, keys, texts: docs }))
  }
  const cursor = nextCursor === null ? 'null' : `"${nextCursor}"`
  const resume = isResumable ? context.resumeToken(caller.actor, query, seq) : null
  return { body: `{"docs":[${docs.join(',')}]${total},"next_cursor":${cursor}}`, seq, resume }
}

/** `resume` says nothing about the documents: lists with and without it are the same list. */
function withoutResume(asked: URLSearchParams): { readonly isResumable: boolean; readonly params: URLSearchParams } {
  if (!asked.has('resume')) return { isResumable: false, params: asked }
  const [value, ...more] = asked.getAll('resume')
  if (more.length > 0 || (value !== 'true' && value !== 'false')) {
    throw new AppError('INVALID_REQUEST', "'resume' must be true or false, once.")
  }
  const params = new URLSearchParams(asked)
  params.delete('resume')
  return { isResumable: value === 'true', params }
}

function pageStatement({ database }: DataContext, { access }: Caller, list: CompiledList): Sql {
  const walk = list.walk && access.bind(list.walk)
  return walk === null || database.sorts(walk) ? access.bind(list.page) : walk
}
