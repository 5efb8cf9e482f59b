import { compileList, type ListQuery, type ReadAccess } from '@koyalite/query'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'

/**
 * The key of a document that a list, which was empty, would have had without the rule that says which documents the
 * caller may read; null where there is none. Throws QUERY_TIMEOUT.
 */
export async function findHidden(context: DataContext, { access }: Caller, query: ListQuery): Promise<string | null> {
  const { collection, offset, after } = query
  if (offset > 0 || after !== null || access.read.rows(collection).kind !== 'where') return null
  const unruled: ReadAccess = {
    rows: (other) => (other === collection ? { kind: 'all' } : access.read.rows(other)),
    field: (other, field) => access.read.field(other, field),
  }
  const { page } = compileList(context.schema, { ...query, limit: 1, count: false }, unruled)
  const [found] = await context.database.readTogether([access.bind(page)], { timeoutMs: context.queryTimeoutMs })
  const key = found?.rows[0]?.[query.sort.length]
  return key === undefined || key === null ? null : String(key)
}
