import type { JsonValue } from '@koyalite/schema'
import { jsonEqual } from '../../sql/json-equal'
import { isIndex } from '../../sql/json-path'
import { compareText } from '../compare-text'
import type { CelCondition, Comparison, Condition } from '../condition'
import type { FieldPath, ForwardRelation } from '../field-path'
import { likePattern } from '../like-pattern'

/** A document as an actor reads it, in its JSON form. */
export type JsonDocument = Readonly<Record<string, JsonValue>>

/** What a predicate needs beyond the document itself. */
export interface PredicateScope {
  /** The document that a reference with this value leads to, or null if there is none that the actor may read. */
  follow(relation: ForwardRelation, value: JsonValue): JsonDocument | null
  /** Whether a CEL expression is true for the document. */
  holds(condition: CelCondition, document: JsonDocument): boolean
}

/** The same condition as `compileCondition` writes in SQL, over documents in memory. */
export function conditionPredicate(condition: Condition, scope: PredicateScope): (document: JsonDocument) => boolean {
  switch (condition.kind) {
    case 'all': {
      const parts = condition.of.map((part) => conditionPredicate(part, scope))
      return (document) => parts.every((part) => part(document))
    }
    case 'any': {
      const parts = condition.of.map((part) => conditionPredicate(part, scope))
      return (document) => parts.some((part) => part(document))
    }
    case 'not': {
      const part = conditionPredicate(condition.of, scope)
      return (document) => !part(document)
    }
    case 'compare': {
      const holds = comparison(condition)
      return (document) => holds(valueAt(condition.path, document, scope))
    }
    case 'cel':
      return (document) => scope.holds(condition, document)
  }
}

function comparison(condition: Comparison): (value: JsonValue) => boolean {
  switch (condition.op) {
    case 'eq':
      return (value) => jsonEqual(value, condition.value)
    case 'in':
      return (value) => condition.values.some((candidate) => jsonEqual(value, candidate))
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte': {
      const test = ORDER_TESTS[condition.op]
      return (value) => {
        const order = compare(value, condition.value)
        return order !== null && test(order)
      }
    }
    case 'like': {
      const pattern = likePattern(condition.value)
      return (value) => typeof value === 'string' && pattern(value)
    }
    case 'contains':
      return (value) => contains(value, condition)
  }
}

const ORDER_TESTS = {
  gt: (order: number) => order > 0,
  gte: (order: number) => order >= 0,
  lt: (order: number) => order < 0,
  lte: (order: number) => order <= 0,
} as const

/** Below, at or above 0; null for values that have no order between them. */
function compare(a: JsonValue, b: JsonValue): number | null {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  return null
}

function contains(value: JsonValue, condition: Comparison & { op: 'contains' }): boolean {
  if (typeof value === 'string') return condition.text !== null && value.includes(condition.text)
  return Array.isArray(value) && value.some((item: JsonValue) => jsonEqual(item, condition.value))
}

/** What the document has at the path; null where there is nothing. */
function valueAt(path: FieldPath, document: JsonDocument, scope: PredicateScope): JsonValue {
  let holder = document
  for (const relation of path.references) {
    const key = holder[relation.field.name] ?? null
    const next = key === null ? null : scope.follow(relation, key)
    if (next === null) return null
    holder = next
  }
  let value = holder[path.field.name] ?? null
  for (const step of path.json) {
    if (typeof value !== 'object' || value === null) return null
    if (Array.isArray(value)) value = isIndex(step) ? (value[Number(step)] ?? null) : null
    else value = Object.hasOwn(value, step) ? ((value as JsonDocument)[step] ?? null) : null
  }
  return value
}
