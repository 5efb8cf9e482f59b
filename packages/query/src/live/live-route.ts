import type { Collection, Field, JsonValue, Schema } from '@koyalite/schema'
import type { ReadAccess } from '../access/read-access'
import { rulesOf } from '../access/schema-rules'
import type { CelFacts } from '../cel/memory/cel-environment'
import type { Comparison, Condition } from '../filter/condition'
import type { ListQuery } from '../list/list-query'
import { compileTerms, type LiveTerm, MAX_TERMS, type TermsFor } from './compile-terms'

/** A document has a value in this field that is between these, or is one of them; null: on this side any. Text is in the order of `compareText`. */
export interface LiveRange {
  readonly field: Field
  readonly from: string | number | null
  readonly to: string | number | null
}

/** One of these holds for every document of a list: a document for which none does is not part of it. Null if unknown. */
export type LiveRoute = readonly LiveTerm[] | readonly [LiveRange] | null

export function isRange(term: LiveTerm | LiveRange): term is LiveRange {
  return 'from' in term
}

/** The most telling of what the query and the rules demand of the documents of a list, for the caller. */
export function liveRoute(
  schema: Schema,
  query: Pick<ListQuery, 'collection' | 'condition'>,
  access: ReadAccess,
): (facts: CelFacts) => LiveRoute {
  // Another program's column may compare in a way of its own (COLLATE NOCASE).
  if (query.collection.untyped) return () => null
  let asked: LiveRoute = null
  for (const condition of conjuncts(query.condition)) {
    if (condition.kind !== 'compare' || !isPlain(query.collection, condition, access)) continue
    asked = moreTelling(asked, routeOf(condition) ?? rangeOf(condition, asked))
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

function routeOf(condition: Comparison): LiveRoute {
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

/** Where a range of the same field is known already, what is in both. */
function rangeOf(condition: Comparison, known: LiveRoute): LiveRoute {
  const { op, path } = condition
  if (op !== 'gt' && op !== 'gte' && op !== 'lt' && op !== 'lte') return null
  const { value } = condition
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const [one] = known ?? []
  const [from, to] = one && isRange(one) && one.field === path.field ? [one.from, one.to] : [null, null]
  // Of two bounds on the same side either will do.
  return op === 'gt' || op === 'gte'
    ? [{ field: path.field, from: value, to }]
    : [{ field: path.field, from, to: value }]
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

function telling(route: readonly (LiveTerm | LiveRange)[]): number {
  const [first] = route
  // A range says more the narrower it is, and always less than a value, except for one of two or three.
  if (first && isRange(first)) return first.from === null || first.to === null ? 0.1 : 0.2
  return Math.min(...route.map(({ field }) => selectivityOf(field)), 6) - route.length / 100
}

function selectivityOf(field: Field): number {
  if (field.type === 'bool' || field.validation.enum) return 0
  return field.primary || field.unique ? 5 : field.references ? 4 : field.index || field.type === 'uuid' ? 3 : 1
}
