import type { Field } from '@koyalite/schema'
import type { Comparison, Condition } from '../filter/condition'
import type { FieldPath } from '../filter/field-path'
import type { ListQuery } from '../list/list-query'
import { fieldsOf } from './condition-fields'
import { type Evaluation, isOuter } from './evaluate-plans'

/** Why no index makes a list read just its page, a sentence each. Empty where that is all that is read. */
export function obstaclesOf(query: ListQuery, evaluation: Evaluation): readonly string[] {
  const ofOffset = query.offset > 0 ? ['offset reads what it skips: continue with cursor instead.'] : []
  if (evaluation.reads === 'page') return ofOffset
  const found = new Set([
    ...ofCondition(query.condition, evaluation),
    ...ofRules(query, evaluation.unsearched),
    ...ofSort(query),
    ...ofOffset,
  ])
  if (found.size > 0) return [...found]
  if (evaluation.page.accesses.some((access) => isOuter(access, evaluation))) return [RULE_FIRST]
  return evaluation.reads === 'matches' ? [SORTED_AFTERWARDS] : [UNUSED]
}

const RULE_FIRST =
  'SQLite begins with a collection that the read rules ask, and sorts the documents that it finds from there.'
const OF_WHERE =
  'A part of where is tested of each document: an index is used where it compares a field with a value, and such parts are joined by &&.'

const UNUSED = 'SQLite uses none of the indexes that were tried, or reads no less with them.'

const SORTED_AFTERWARDS =
  'What an index finds by a range, or by several values, is sorted afterwards: only documents with one value have the order of its next field.'

function ofCondition(condition: Condition, evaluation: Evaluation): readonly string[] {
  switch (condition.kind) {
    case 'all':
      return condition.of.flatMap((part) => ofCondition(part, evaluation))
    case 'any':
      return evaluation.page.isUnion
        ? [
            'Documents of several alternatives are sorted after they are found: an index has the order of one of them only.',
          ]
        : ['Alternatives ($or) are found by indexes only if each of them compares a field with a value.']
    case 'not':
      return ofPath(condition.of.kind === 'compare' ? condition.of.path : null) ?? [ofNegation(condition.of)]
    case 'compare':
      return ofPath(condition.path) ?? ofComparison(condition)
    case 'cel': {
      const isTested = evaluation.unsearched.some(({ name }) => fieldsOf(condition).includes(name))
      return isTested ? [OF_WHERE] : []
    }
  }
}

function ofNegation(condition: Condition): string {
  if (condition.kind !== 'compare') return '$not is tested of each document: an index finds what is, not what is not.'
  const { op, path } = condition
  return `'${op === 'eq' ? 'ne' : op === 'in' ? 'nin' : `$not ${op}`}' on '${path.text}' is tested of each document: an index finds what is, not what is not.`
}

function ofComparison({ op, path }: Comparison): readonly string[] {
  return op === 'like' || op === 'contains'
    ? [`'${op}' on '${path.text}' looks into every text: add a filter on another field that leaves few documents.`]
    : []
}

/** Null for a field of the collection itself. */
function ofPath(path: FieldPath | null): readonly string[] | null {
  if (path === null) return null
  if (path.references.length > 0) {
    const own = path.references[0]?.field.name
    return [
      `'${path.text}' is in another collection, where an index of this one does not reach: filter by '${own}', or keep a copy of the value here.`,
    ]
  }
  return path.json.length > 0
    ? [`'${path.text}' is inside of json, which indexes do not cover: make it a field of its own.`]
    : null
}

/** Fields that nothing in the request names are tested by rules. */
function ofRules({ collection, condition }: ListQuery, unsearched: readonly Field[]): readonly string[] {
  const asked = new Set(fieldsOf(condition))
  const names = unsearched.flatMap(({ name }) => (asked.has(name) ? [] : [name]))
  if (names.length === 0) return []
  return [
    `The read rules of ${collection.name} look at ${names.join(', ')}, document by document: filter by ${names.length === 1 ? 'it' : 'one of them'} as well, so that an index finds the documents.`,
  ]
}

function ofSort({ sort }: ListQuery): readonly string[] {
  const found: string[] = []
  for (const { path } of sort) {
    if (path.references.length > 0)
      found.push(`'${path.text}' is in another collection: all documents that match are sorted by it.`)
    else if (path.field.collated)
      found.push(
        `'${path.text}' has a collation (COLLATE), whose order is not that of a sort: all documents that match are sorted.`,
      )
    else if (path.json.length > 0)
      found.push(`'${path.text}' is inside of json: all documents that match are sorted by it.`)
  }
  if (sort.some(({ descending }) => descending !== sort[0]?.descending))
    found.push('A sort in both directions follows an index only as far as its first direction goes.')
  return found
}
