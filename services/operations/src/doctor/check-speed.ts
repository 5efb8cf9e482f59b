import { isIndexed, type Schema, suggestIndex } from '@koyalite/schema'
import type { OperationsContext } from '../operations-context'
import { type Finding, note, ok, some } from './finding'

/** Names references without an index: deleting what they refer to, and expanding them from there, reads their whole collection. */
export function checkReferenceIndexes(schema: Schema): Finding {
  const check = 'indexes'
  const missing = [...schema.collections.values()].flatMap((collection) =>
    [...collection.fields.values()]
      .filter(({ name, references }) => references !== undefined && !isIndexed(collection, name))
      .map((field) => ({ collection, field })),
  )
  if (missing.length === 0) return ok(check, 'every reference has an index')
  const names = missing.map(({ collection, field }) => `${collection.name}.${field.name}`)
  const lines = missing
    .slice(0, MAX_LINES)
    .map(({ collection, field }) => suggestIndex(schema, collection, [field.name]))
  return note(
    check,
    `references without an index: ${some(names)}. Deleting a document that they refer to, and expanding it, reads their whole collection`,
    `Set index: true on the field, or add to schema.yaml: ${lines.map(({ place, line }) => `${place}: ${line}`).join('; ')}`,
  )
}

const MAX_LINES = 5
const MAX_QUERIES = 3

/** Names the lists that took longest since the server was started. */
export async function checkSlowLists({ observe }: OperationsContext): Promise<Finding> {
  const check = 'slow lists'
  const slow = await observe.slowest(MAX_QUERIES)
  if (slow.length === 0) return ok(check, 'no list has taken more than 100 ms since the start')
  const found = slow.map(({ shape, count, slow: times, totalMs, maxMs }) => {
    return `${shape} (${times} of ${count} over 100 ms, ${Math.round(totalMs / count)} ms on average, at most ${Math.round(maxMs)} ms)`
  })
  const lines = slow.flatMap(({ advice }) => advice?.indexes ?? []).map(({ place, line }) => `${place}: ${line}`)
  const advice =
    lines.length > 0
      ? `Add to schema.yaml: ${[...new Set(lines)].join('; ')}`
      : 'See GET /api/admin/queries, koyalite rules explain … --filter …, and docs/performance.md.'
  return note(check, found.join('; '), advice)
}
