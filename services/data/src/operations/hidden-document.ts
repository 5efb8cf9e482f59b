import type { DeniedCall } from '@koyalite/contracts'
import { compileList, type ListQuery, type ReadAccess } from '@koyalite/query'
import type { Collection } from '@koyalite/schema'
import { type Caller, createCaller } from '../caller'
import type { DataContext } from '../data-context'

/**
 * For `dev`, whose developer may wonder whether there is nothing, or nothing for this caller: reports a list that is
 * empty although documents match it. Never rejects: where the search takes too long there is nothing to tell.
 */
export async function reportHidden(context: DataContext, query: ListQuery, call: DeniedCall): Promise<void> {
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
 * The key of a document that an empty list would have had without the rule that says which documents the caller may
 * read; null where there is none. Throws QUERY_TIMEOUT.
 */
async function findHidden(context: DataContext, { access }: Caller, query: ListQuery): Promise<string | null> {
  const { collection, offset, after } = query
  if (offset > 0 || after !== null || access.read.rows(collection).kind !== 'where') return null
  const unruled: ReadAccess = {
    rows: (other) => (other === collection ? { kind: 'all' } : access.read.rows(other)),
    field: (other, field) => access.read.field(other, field),
  }
  const firstFor = (read: ReadAccess) =>
    access.bind(compileList(context.schema, { ...query, limit: 1, count: false }, read).page)
  const statements = [firstFor(access.read), firstFor(unruled)]
  const [own, all] = await context.database.readTogether(statements, { timeoutMs: context.queryTimeoutMs })
  const key = all?.rows[0]?.[query.sort.length]
  return own?.rows.length !== 0 || key === undefined || key === null ? null : String(key)
}
