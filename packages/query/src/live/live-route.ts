import type { Collection, Field, JsonValue } from '@koyalite/schema'
import type { Comparison, Condition } from '../condition'
import type { ListQuery } from '../list-query'
import type { ReadAccess } from '../read-access'

/** A field that has one of these values in every document of a list: who has another one is no part of it. */
export interface LiveRoute {
  readonly field: Field
  /** In their JSON form. */
  readonly values: readonly (string | number | boolean)[]
}

/** The most telling equality that a query demands of its documents; null where it demands none. */
export function liveRoute(query: ListQuery, access: ReadAccess): LiveRoute | null {
  // Another program's column may compare in a way of its own (COLLATE NOCASE).
  if (query.collection.untyped) return null
  let best: LiveRoute | null = null
  for (const condition of conjuncts(query.condition)) {
    const route = routeOf(query.collection, condition, access)
    if (route && (best === null || telling(route) > telling(best))) best = route
  }
  return best
}

/** More values than these are not worth an entry each. */
const MAX_VALUES = 50

function conjuncts(condition: Condition): readonly Condition[] {
  return condition.kind === 'all' ? condition.of.flatMap(conjuncts) : [condition]
}

function routeOf(collection: Collection, condition: Condition, access: ReadAccess): LiveRoute | null {
  if (condition.kind !== 'compare' || !isPlain(collection, condition, access)) return null
  const { field } = condition.path
  switch (condition.op) {
    case 'eq':
      return isRoutable(condition.value) ? { field, values: [condition.value] } : null
    case 'in': {
      const values = condition.values.filter(isRoutable)
      return values.length === condition.values.length && values.length <= MAX_VALUES ? { field, values } : null
    }
    default:
      return null
  }
}

/** A field of the document itself that the caller reads in all documents. */
function isPlain(collection: Collection, { path }: Comparison, access: ReadAccess): boolean {
  return (
    path.references.length === 0 &&
    path.json.length === 0 &&
    path.field.type !== 'json' &&
    access.field(collection, path.field).kind === 'all'
  )
}

function isRoutable(value: JsonValue): value is string | number | boolean {
  return value !== null && typeof value !== 'object'
}

function telling({ field, values }: LiveRoute): number {
  const kind =
    field.primary || field.unique ? 5 : field.references ? 4 : field.index ? 3 : field.type === 'uuid' ? 3 : 1
  return (field.type === 'bool' || field.validation.enum ? 0 : kind) - values.length / 100
}
