import type { Collection, Field, JsonValue, Schema } from '@koyalite/schema'
import { rulesOf } from '../access/schema-rules'
import type { CelFacts } from '../cel/cel-environment'
import type { Comparison, Condition } from '../condition'
import type { ListQuery } from '../list-query'
import type { ReadAccess } from '../read-access'
import { compileTerms, type LiveTerm, MAX_TERMS, type TermsFor } from './compile-terms'

/** Every document of a list has one of these values, each in its field: who has none of them is no part of it. Null where that is not known. */
export type LiveRoute = readonly LiveTerm[] | null

/** The most telling of what the query and the rules demand of the documents of a list, for whoever asks. */
export function liveRoute(schema: Schema, query: ListQuery, access: ReadAccess): (facts: CelFacts) => LiveRoute {
  // Another program's column may compare in a way of its own (COLLATE NOCASE).
  if (query.collection.untyped) return () => null
  let asked: LiveRoute = null
  for (const condition of conjuncts(query.condition)) {
    asked = moreTelling(asked, routeOf(query.collection, condition, access))
  }
  const ruled = ruleTerms(schema, query.collection, access)
  if (ruled.length === 0) return () => asked
  return (facts) => ruled.reduce((best, terms) => moreTelling(best, terms(facts)), asked)
}

/** What each of the rules about reading demands of a document; all must hold. */
function ruleTerms(schema: Schema, collection: Collection, access: ReadAccess): readonly TermsFor[] {
  const rules = rulesOf(schema).get(collection)?.operations.read
  if (!rules || access.rows(collection).kind !== 'where') return []
  const { permits, restricts } = rules
  const [permit] = permits
  // Of several permits any one will do.
  const binding = permit && permits.length === 1 ? [permit, ...restricts] : restricts
  const all = binding.map(({ using }) => using && compileTerms(using.checked.root, (row) => row.kind === 'root'))
  return all.filter((terms) => terms !== null)
}

function conjuncts(condition: Condition): readonly Condition[] {
  return condition.kind === 'all' ? condition.of.flatMap(conjuncts) : [condition]
}

function routeOf(collection: Collection, condition: Condition, access: ReadAccess): LiveRoute {
  if (condition.kind !== 'compare' || !isPlain(collection, condition, access)) return null
  const { field } = condition.path
  switch (condition.op) {
    case 'eq':
      return isRoutable(condition.value) ? [{ field, value: condition.value }] : null
    case 'in': {
      const values = condition.values.filter(isRoutable)
      if (values.length < condition.values.length || values.length > MAX_TERMS) return null
      return values.map((value) => ({ field, value }))
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

function moreTelling(a: LiveRoute, b: LiveRoute): LiveRoute {
  if (a === null || b === null) return a ?? b
  return telling(b) > telling(a) ? b : a
}

function telling(route: readonly LiveTerm[]): number {
  return Math.min(...route.map(({ field }) => tellingOf(field)), 6) - route.length / 100
}

function tellingOf(field: Field): number {
  if (field.type === 'bool' || field.validation.enum) return 0
  return field.primary || field.unique ? 5 : field.references ? 4 : field.index || field.type === 'uuid' ? 3 : 1
}
