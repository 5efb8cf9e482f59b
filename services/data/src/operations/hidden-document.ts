import type { DeniedCall } from '@koyalite/contracts'
import type { ListQuery, MatchingQuery, ReadAccess } from '@koyalite/query'
import type { Collection } from '@koyalite/schema'
import { type Caller, createCaller } from '../caller'
import type { DataContext } from '../data-context'
import { selectMatchingKey } from '../store/matching-key'

/** A list, or an aggregate. */
export type ReadQuery = MatchingQuery & Partial<Pick<ListQuery, 'offset' | 'after'>>

/**
 * For `dev`, whose developer may wonder whether there is nothing, or nothing for this caller: reports a query that no
 * document of the caller matches, although others do. Never rejects: where the search takes too long there is nothing
 * to tell.
 */
export async function reportHidden(context: DataContext, query: ReadQuery, call: DeniedCall): Promise<void> {
  const { denials } = context
  const { collection } = query
  if (denials === null || searching.has(collection)) return
  searching.add(collection)
  // The response goes first.
  await new Promise(setImmediate)
  const id = await findHidden(context, createCaller(context, call.actor, call), query).catch(() => null)
  searching.delete(collection)
  if (id !== null) denials.hidden(collection.name, id, call)
}

/** A page that asks again and again starts one search at a time. */
const searching = new WeakSet<Collection>()

/**
 * The key of a document that would match without the rule that says which documents the caller may read, where none
 * matches with it; else null. Throws QUERY_TIMEOUT.
 */
async function findHidden(context: DataContext, { access }: Caller, query: ReadQuery): Promise<string | null> {
  const { collection, offset = 0, after = null } = query
  if (offset > 0 || after !== null || access.read.rows(collection).kind !== 'where') return null
  const unruled: ReadAccess = {
    rows: (other) => (other === collection ? { kind: 'all' } : access.read.rows(other)),
    field: (other, field) => access.read.field(other, field),
  }
  const statements = [access.read, unruled].map((read) => access.bind(selectMatchingKey(query, read)))
  const [own, all] = await context.database.readTogether(statements, { timeoutMs: context.queryTimeoutMs })
  const key = all?.rows[0]?.[0]
  return own?.rows.length !== 0 || key === undefined || key === null ? null : String(key)
}
