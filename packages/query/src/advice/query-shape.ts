import type { Collection } from '@koyalite/schema'
import { type AggregateQuery, isAggregate } from '../aggregate/aggregate-query'
import type { CelDependencies } from '../cel/check/dependencies-of'
import { type Token, tokenize } from '../cel/syntax/cel-token'
import type { CelCondition, Comparison, Condition } from '../filter/condition'
import type { FieldPath } from '../filter/field-path'
import type { ListQuery } from '../list/list-query'
import type { SortKey } from '../list/parse-sort'
import type { Expansion } from '../list/projection'

/** Longer ones are cut: a shape is something to read. */
const MAX_LENGTH = 500

const shapes = new WeakMap<ListQuery | AggregateQuery, string>()

/**
 * What a list asks for, without the values that it asks for: `posts?filter=status:eq:?&sort=-created_at`. Lists with the same shape
 * have the same plan. It may be logged: what a user searches for is not in it.
 */
export function queryShape(query: ListQuery | AggregateQuery): string {
  let shape = shapes.get(query)
  if (shape === undefined) {
    shape = shortened(isAggregate(query) ? aggregateShape(query) : listShape(query))
    shapes.set(query, shape)
  }
  return shape
}

function shortened(shape: string): string {
  return shape.length > MAX_LENGTH ? `${shape.slice(0, MAX_LENGTH)}…` : shape
}

function aggregateShape({ collection, condition, keys, values, having }: AggregateQuery): string {
  const group = keys.map(({ path, bucket }) => (bucket === null ? pathShape(path) : `${pathShape(path)}:${bucket}`))
  const computed = values.map(({ call, path }) => (path === null ? call : `${call}:${pathShape(path)}`))
  // Names of the result may be anything, or hold a path into json: `having` shows what they stand for.
  const shown = new Map([...keys, ...values].map(({ output }, index) => [output.field, [...group, ...computed][index]]))
  const asked = [
    `values=${computed.join(',')}`,
    ...(group.length === 0 ? [] : [`group=${group.join(',')}`]),
    ...clauses(condition),
    ...clauses(having, ({ field }) => shown.get(field) ?? '*').map((one) => one.replace('filter', 'having')),
  ]
  return `${collection.name}/aggregate?${asked.join('&')}`
}

type PathShape = (path: FieldPath) => string

function clauses(condition: Condition, shown: PathShape = pathShape): readonly string[] {
  const parts = condition.kind === 'all' ? condition.of : [condition]
  return [...new Set(parts.map((part) => clause(part, shown)))]
}

function listShape({ collection, condition, sort, offset, count, projection }: ListQuery): string {
  const asked = [
    ...clauses(condition),
    ...sortShape(collection, sort),
    ...(projection.expand.length === 0 ? [] : [`expand=${projection.expand.flatMap(expansionPaths).join(',')}`]),
    ...(count ? ['count=true'] : []),
    ...(offset === 0 ? [] : ['offset=?']),
  ]
  return asked.length === 0 ? collection.name : `${collection.name}?${asked.join('&')}`
}

/** Without the key where it only breaks ties, as it does in every sort. */
function sortShape({ primaryKey }: Collection, sort: readonly SortKey[]): readonly string[] {
  const keys = sort.map(({ path, descending }) => ({ path, text: (descending ? '-' : '') + pathShape(path) }))
  const isTieBreaker = keys.length > 1 && keys.at(-1)?.path.field === primaryKey
  const names = (isTieBreaker ? keys.slice(0, -1) : keys).map(({ text }) => text)
  return names.length === 1 && names[0] === primaryKey.name ? [] : [`sort=${names.join(',')}`]
}

function clause(condition: Condition, shown: PathShape): string {
  if (condition.kind === 'cel') return `where=${celShape(condition)}`
  const plain = comparisonShape(condition, shown)
  return plain === null
    ? `filter=${JSON.stringify(jsonShape(condition, shown))}`
    : `filter=${plain.path}:${plain.op}:${plain.value}`
}

interface ComparisonShape {
  readonly path: string
  readonly op: string
  /** Null is no value, but a question of its own. */
  readonly value: '?' | 'null'
}

/** Of a comparison, or of the opposite of one; null for anything else. */
function comparisonShape(condition: Condition, shown: PathShape): ComparisonShape | null {
  if (condition.kind === 'compare') return shapeOf(condition, condition.op, shown)
  if (condition.kind !== 'not' || condition.of.kind !== 'compare') return null
  const { op } = condition.of
  return op === 'eq' ? shapeOf(condition.of, 'ne', shown) : op === 'in' ? shapeOf(condition.of, 'nin', shown) : null
}

function shapeOf(comparison: Comparison, op: string, shown: PathShape): ComparisonShape {
  const isNull = comparison.op === 'eq' && comparison.value === null
  return { path: shown(comparison.path), op, value: isNull ? 'null' : '?' }
}

/** Keys inside of json may be anything. */
function pathShape({ text, json }: FieldPath): string {
  return json.length === 0 ? text : `${text.split('.').slice(0, -json.length).join('.')}.*`
}

function jsonShape(condition: Condition, shown: PathShape): unknown {
  const plain = comparisonShape(condition, shown)
  if (plain !== null) return { [plain.path]: { [`$${plain.op}`]: plain.value } }
  switch (condition.kind) {
    case 'all':
      return { $and: distinct(condition.of, shown) }
    case 'any':
      return { $or: distinct(condition.of, shown) }
    case 'not':
      return { $not: jsonShape(condition.of, shown) }
    default:
      return {}
  }
}

/** Fifty alternatives of one form are one. */
function distinct(conditions: readonly Condition[], shown: PathShape): readonly unknown[] {
  const shapes = conditions.map((condition) => jsonShape(condition, shown))
  return [...new Map(shapes.map((shape) => [JSON.stringify(shape), shape])).values()]
}

function expansionPaths({ relation, projection }: Expansion): readonly string[] {
  const below = projection.expand.flatMap(expansionPaths)
  return below.length === 0 ? [relation.name] : below.map((path) => `${relation.name}.${path}`)
}

const LITERALS: ReadonlySet<Token['kind']> = new Set(['int', 'uint', 'double', 'string', 'bytes', 'parameter'])

/** An expression with `?` for its literals and parameters, `*` for keys inside of json, without its comments. */
function celShape({ source, dependencies }: CelCondition): string {
  const known = namesIn(dependencies)
  const tokens = tokenize(source)
  let shape = ''
  let end = 0
  for (const [index, token] of tokens.entries()) {
    const gap = token.start > end && shape !== '' && token.kind !== 'end' ? ' ' : ''
    const isMember = tokens[index - 1]?.text === '.' && tokens[index + 1]?.text !== '('
    const text = isMember && !known.has(token.text) ? '*' : token.text
    shape += gap + (LITERALS.has(token.kind) ? '?' : text)
    end = token.end
  }
  return shape.replace(/\?(?:, ?\?)+/g, '?')
}

/** What the schema and the language call the things that an expression reads. */
function namesIn({ rows, fields, references, auth, request }: CelDependencies): ReadonlySet<string> {
  const followed = references.map(({ field }) => field.replace(/_id$/, ''))
  const read = [...rows.values(), ...fields.values()].flatMap((names) => [...names])
  return new Set<string>([...read, ...followed, ...auth, ...request])
}
