/**
 * The semantics once more, for tests only: an evaluator of the parsed text, written from the CEL specification and this folder's
 * SPEC.md, slow and obvious. It shares nothing with the compilers but the parser: no types, no checker, values of its own.
 */
import type { Collection, Field, JsonValue, Schema } from '@koyalite/schema'
import type { AuthFacts, RequestFacts } from '../memory/cel-environment'
import { CelUint } from '../memory/cel-value'
import { parseCel, type Syntax } from '../syntax/parse-cel'
import { arithmetic, dayNumber, dayOf, duration, int, timestamp } from './reference-arithmetic'
import { type Document, EvaluationError, fail, type Value } from './reference-value'

export interface ReferenceWorld {
  readonly schema: Schema
  readonly documents: ReadonlyMap<string, readonly Document[]>
  readonly auth: AuthFacts
  readonly request: RequestFacts
  readonly collection: string
  readonly doc: Document
  /** The stored document, where a rule of an update looks at it. */
  readonly old?: Document
  /** In `where`: documents that exist but cannot be read. */
  readonly hidden?: (collection: string, document: Document) => boolean
}

/** The result of a condition; a value that is not a bool is an error too. */
export function referenceTruth(source: string, world: ReferenceWorld): true | false | 'error' {
  try {
    const value = evaluate(parseCel(source).root, { world, variables: new Map() })
    return value.t === 'bool' ? value.v : 'error'
  } catch (error) {
    if (error instanceof EvaluationError) return 'error'
    throw error
  }
}

interface Scope {
  readonly world: ReferenceWorld
  readonly variables: ReadonlyMap<string, Value>
}

const bool = (v: boolean): Value => ({ t: 'bool', v })
const NULL: Value = { t: 'null' }

function fromJson(value: JsonValue): Value {
  if (value === null) return NULL
  if (typeof value === 'boolean') return bool(value)
  if (typeof value === 'number') return { t: 'double', v: value }
  if (typeof value === 'string') return { t: 'string', v: value }
  if (Array.isArray(value)) return { t: 'list', v: value.map(fromJson) }
  return { t: 'map', v: Object.entries(value).map(([k, v]) => [{ t: 'string', v: k }, fromJson(v)] as const) }
}

function evaluate(node: Syntax, scope: Scope): Value {
  switch (node.kind) {
    case 'literal':
      return literal(node.value)
    case 'parameter':
      throw new Error('the reference has no parameters')
    case 'name':
      return name(node.name, scope)
    case 'select':
      return select(container(node.base, scope), node.name, scope)
    case 'index':
      return index(evaluate(node.base, scope), evaluate(node.index, scope), scope)
    case 'list':
      return { t: 'list', v: node.items.map((item) => evaluate(item, scope)) }
    case 'map':
      return { t: 'map', v: node.entries.map(([k, v]) => [evaluate(k, scope), evaluate(v, scope)] as const) }
    case 'not': {
      const value = evaluate(node.operand, scope)
      return value.t === 'bool' ? bool(!value.v) : fail()
    }
    case 'negate': {
      const value = evaluate(node.operand, scope)
      if (value.t === 'double') return { t: 'double', v: -value.v }
      return value.t === 'int' ? int(-value.v) : fail()
    }
    case 'logic':
      return logic(node, scope)
    case 'conditional': {
      const condition = evaluate(node.condition, scope)
      if (condition.t !== 'bool') return fail()
      return evaluate(condition.v ? node.whenTrue : node.whenFalse, scope)
    }
    case 'binary': {
      const [a, b] = [orNull(evaluate(node.left, scope), scope), orNull(evaluate(node.right, scope), scope)]
      const isLiteral = isNull(node.left) || isNull(node.right)
      // A value compared with the literal null, and the keys of a map, are not compared with the contents.
      const compared = isLiteral ? [] : node.operator === 'in' && b.t === 'map' ? [a] : [a, b]
      return compared.some(holdsNobody) ? fail() : binary(node.operator, a, b)
    }
    case 'call':
      return call(node, scope)
  }
}

function isNull(node: Syntax): boolean {
  return node.kind === 'literal' && node.value === null
}

function withNobody(value: Value): Value {
  if (value.t === 'null') return { t: 'null', nobody: true }
  if (value.t === 'list') return { t: 'list', v: value.v.map(withNobody) }
  return value.t === 'map' ? { t: 'map', v: value.v.map(([key, entry]) => [key, withNobody(entry)] as const) } : value
}

function holdsNobody(value: Value): boolean {
  if (value.t === 'list') return value.v.some(holdsNobody)
  if (value.t === 'map') return value.v.some(([, entry]) => holdsNobody(entry))
  return value.t === 'null' && value.nobody === true
}

/** `auth` itself is null where nobody is signed in, and a document that cannot be read always. */
function orNull(value: Value, { world }: Scope): Value {
  return value.t === 'hidden' || (value.t === 'auth' && world.auth.id === null) ? NULL : value
}

function literal(value: Extract<Syntax, { kind: 'literal' }>['value']): Value {
  if (value === null) return NULL
  switch (typeof value) {
    case 'boolean':
      return bool(value)
    case 'bigint':
      return int(value)
    case 'number':
      return { t: 'double', v: value }
    case 'string':
      return { t: 'string', v: value }
    default:
      throw new Error(value instanceof CelUint ? 'no uints here' : 'no bytes here')
  }
}

function name(text: string, { world, variables }: Scope): Value {
  const variable = variables.get(text)
  if (variable !== undefined) return variable
  if (text === 'doc') return { t: 'row', collection: collectionNamed(world.collection, world), v: world.doc }
  if (text === 'old' && world.old)
    return { t: 'row', collection: collectionNamed(world.collection, world), v: world.old }
  if (text === 'auth' || text === 'request') return { t: text }
  return { t: 'rows', collection: collectionNamed(text, world), v: world.documents.get(text) ?? [] }
}

function collectionNamed(text: string, world: ReferenceWorld): Collection {
  const collection = world.schema.collections.get(text)
  if (collection === undefined) throw new Error(`no collection ${text}`)
  return collection
}

function select(base: Value, key: string, scope: Scope): Value {
  switch (base.t) {
    case 'map': {
      const entry = base.v.find(([k]) => k.t === 'string' && k.v === key)
      return entry === undefined ? fail() : entry[1]
    }
    case 'row':
      return selectField(base, key, scope)
    case 'hidden':
      return NULL
    case 'auth':
      return withNobody(fromJson(scope.world.auth[key as 'id']))
    case 'request':
      if (key === 'time') return { t: 'timestamp', v: BigInt(scope.world.request.time) * 1_000_000n }
      return fromJson(scope.world.request[key as 'method'])
    default:
      return fail()
  }
}

function selectField(row: Extract<Value, { t: 'row' }>, key: string, scope: Scope): Value {
  const field = row.collection.fields.get(key)
  if (field !== undefined) return fieldValue(field, row.v[key] ?? null)
  const reference = row.collection.fields.get(`${key}_id`)
  if (reference?.references === undefined) throw new Error(`no field ${key}`)
  return follow(reference, row.v[reference.name] ?? null, scope)
}

/** What a field is selected from: a reference field stands for the document that it leads to. */
function container(node: Syntax, scope: Scope): Value {
  if (node.kind !== 'select') return evaluate(node, scope)
  const row = container(node.base, scope)
  const field = row.t === 'row' ? row.collection.fields.get(node.name) : undefined
  if (row.t !== 'row' || field?.references === undefined) return select(row, node.name, scope)
  return follow(field, row.v[field.name] ?? null, scope)
}

function follow(reference: Field, value: JsonValue, { world }: Scope): Value {
  const { collection, field: target } = reference.references ?? fail()
  const found = value === null ? undefined : (world.documents.get(collection) ?? []).find((d) => d[target] === value)
  if (found === undefined) return NULL
  const owner = collectionNamed(collection, world)
  if (world.hidden?.(collection, found) === true) return { t: 'hidden', collection: owner }
  return { t: 'row', collection: owner, v: found }
}

function fieldValue(field: Field, value: JsonValue): Value {
  if (value === null) return NULL
  if (field.type === 'int') return { t: 'int', v: BigInt(value as number) }
  if (field.type === 'timestamp') return { t: 'timestamp', v: BigInt(Date.parse(value as string)) * 1_000_000n }
  if (field.type === 'date') return { t: 'date', v: value as string }
  return fromJson(value)
}

function index(base: Value, at: Value, scope: Scope): Value {
  if (base.t === 'list' && (at.t === 'int' || at.t === 'double')) return base.v[Number(at.v)] ?? fail()
  if (base.t === 'map') return base.v.find(([k]) => equal(k, at))?.[1] ?? fail()
  return at.t === 'string' ? select(base, at.v, scope) : fail()
}

/** Every operand is evaluated; only then is it decided. */
function logic(node: Extract<Syntax, { kind: 'logic' }>, scope: Scope): Value {
  const results = node.operands.map((operand) => attempt(() => evaluate(operand, scope)))
  const decisive = node.operator === '||'
  if (results.some((value) => value?.t === 'bool' && value.v === decisive)) return bool(decisive)
  return results.every((value) => value?.t === 'bool') ? bool(!decisive) : fail()
}

function attempt(run: () => Value): Value | null {
  try {
    return run()
  } catch (error) {
    if (error instanceof EvaluationError) return null
    throw error
  }
}

function binary(operator: string, a: Value, b: Value): Value {
  switch (operator) {
    case '==':
      return bool(equal(a, b))
    case '!=':
      return bool(!equal(a, b))
    case 'in':
      if (b.t === 'list') return bool(b.v.some((item) => equal(a, item)))
      if (b.t !== 'map' || !['string', 'bool', 'int', 'double'].includes(a.t)) return fail()
      return bool(b.v.some(([key]) => equal(a, key)))
    case '<':
      return bool(order(a, b, (c) => c < 0))
    case '<=':
      return bool(order(a, b, (c) => c <= 0))
    case '>':
      return bool(order(a, b, (c) => c > 0))
    case '>=':
      return bool(order(a, b, (c) => c >= 0))
    default:
      return arithmetic(operator, a, b)
  }
}

function equal(a: Value, b: Value): boolean {
  if (a.t === 'row' || b.t === 'row' || a.t === 'auth' || b.t === 'auth') return equalToNull(a, b)
  if ((a.t === 'int' || a.t === 'double') && (b.t === 'int' || b.t === 'double')) {
    return a.t === b.t ? a.v === b.v : Number(a.v) === Number(b.v)
  }
  if (a.t === 'list' && b.t === 'list') {
    return a.v.length === b.v.length && a.v.every((item, i) => equal(item, b.v[i] ?? fail()))
  }
  if (a.t === 'map' && b.t === 'map') {
    return a.v.length === b.v.length && a.v.every(([k, v]) => b.v.some(([k2, v2]) => equal(k, k2) && equal(v, v2)))
  }
  if (a.t !== b.t) return false
  return a.t === 'null' || ('v' in a && 'v' in b && a.v === b.v)
}

/** What is neither null nor an ordinary value can only be compared with null, and is not equal to it. */
function equalToNull(a: Value, b: Value): boolean {
  if (a.t === 'null' || b.t === 'null') return false
  throw new Error('documents cannot be compared')
}

function order(a: Value, b: Value, holds: (comparison: number) => boolean): boolean {
  if ((a.t === 'int' || a.t === 'double') && (b.t === 'int' || b.t === 'double')) {
    if (Number.isNaN(Number(a.v)) || Number.isNaN(Number(b.v))) return fail()
    const [x, y] = a.t === b.t ? [a.v, b.v] : [Number(a.v), Number(b.v)]
    return holds(x < y ? -1 : x > y ? 1 : 0)
  }
  if (a.t === 'string' && b.t === 'string') return holds(comparePoints(a.v, b.v))
  if (a.t === 'bool' && b.t === 'bool') return holds(Number(a.v) - Number(b.v))
  if (a.t === 'date' && b.t === 'date') return holds(dayNumber(a.v) - dayNumber(b.v))
  if ((a.t === 'timestamp' && b.t === 'timestamp') || (a.t === 'duration' && b.t === 'duration')) {
    return holds(a.v < b.v ? -1 : a.v > b.v ? 1 : 0)
  }
  return fail()
}

function comparePoints(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)]
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

type CallNode = Extract<Syntax, { kind: 'call' }>

function can(permissions: readonly string[], wanted: string): boolean {
  for (const granted of permissions) {
    if (granted === '*' || granted === wanted) return true
    if (granted.endsWith(':*') && wanted.startsWith(granted.replace('*', ''))) return true
  }
  return false
}

function call(node: CallNode, scope: Scope): Value {
  if (node.name === 'has') return has(node, scope)
  if (node.target?.kind === 'name' && node.target.name === 'cel') return bindVariable(node, scope)
  if (node.target !== null && MACROS.has(node.name)) return macro(node, evaluate(node.target, scope), scope)
  const target = node.target === null ? [] : [evaluate(node.target, scope)]
  const args = [...target, ...node.args.map((argument) => evaluate(argument, scope))]
  if (node.name === 'today') return dayOf(Math.floor(scope.world.request.time / 86_400_000))
  const [first = fail(), second] = args
  if (node.name === 'can') return second?.t === 'string' ? bool(can(scope.world.auth.permissions, second.v)) : fail()
  return functionCall(node.name, first, args.slice(1))
}

function bindVariable({ args }: CallNode, scope: Scope): Value {
  const [variable, value, body] = args
  if (variable?.kind !== 'name' || value === undefined || body === undefined) throw new Error('cel.bind takes three')
  return evaluate(body, {
    ...scope,
    variables: new Map(scope.variables).set(variable.name, evaluate(value, scope)),
  })
}

function functionCall(text: string, first: Value, rest: readonly Value[]): Value {
  if (text === 'dyn') return first
  if ([first, ...rest].some((value) => value.t === 'null' && value.nobody === true)) return fail()
  const [second, third] = rest
  const string = first.t === 'string' ? first.v : null
  switch (text) {
    case 'size':
      if (string !== null) return int(BigInt(Array.from(string).length))
      return first.t === 'list' || first.t === 'map' || first.t === 'rows' ? int(BigInt(first.v.length)) : fail()
    case 'startsWith':
      return string !== null && second?.t === 'string' ? bool(string.slice(0, second.v.length) === second.v) : fail()
    case 'endsWith':
      return string !== null && second?.t === 'string' ? bool(string.endsWith(second.v)) : fail()
    case 'contains':
      return string !== null && second?.t === 'string' ? bool(string.indexOf(second.v) >= 0) : fail()
    case 'matches':
      return string !== null && second?.t === 'string' ? bool(new RegExp(second.v, 'u').test(string)) : fail()
    case 'lowerAscii':
      return string === null ? fail() : { t: 'string', v: string.replace(/[A-Z]/g, (c) => c.toLowerCase()) }
    case 'replace':
      if (string === null || second?.t !== 'string' || third?.t !== 'string') return fail()
      return { t: 'string', v: string.replaceAll(second.v, () => third.v) }
    case 'int':
      if (first.t === 'int') return first
      if (first.t === 'double') return Math.abs(first.v) < 2 ** 63 ? int(BigInt(Math.trunc(first.v))) : fail()
      return string !== null && /^[+-]?\d+$/.test(string) ? int(BigInt(string)) : fail()
    case 'double':
      if (first.t === 'double') return first
      if (first.t === 'int') return { t: 'double', v: Number(first.v) }
      return string !== null && /^-?\d+(\.\d+)?$/.test(string) ? { t: 'double', v: Number(string) } : fail()
    case 'string':
      if (first.t === 'string') return first
      return first.t === 'bool' || first.t === 'int' || first.t === 'double' || first.t === 'date'
        ? { t: 'string', v: String(first.v) }
        : fail()
    case 'date':
      if (first.t === 'date') return first
      if (first.t === 'timestamp') return dayOf(Math.floor(Number(first.v / 1_000_000n) / 86_400_000))
      if (string === null || !/^\d{4}-\d\d-\d\d$/.test(string) || Number.isNaN(dayNumber(string))) return fail()
      // JavaScript moves the last days of February into March.
      return new Date(dayNumber(string) * 86_400_000).toISOString().startsWith(string)
        ? dayOf(dayNumber(string))
        : fail()
    case 'timestamp':
      if (first.t === 'timestamp') return first
      if (first.t === 'date') return timestamp(BigInt(dayNumber(first.v)) * 86_400_000_000_000n)
      if (string === null || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(string)) return fail()
      return Number.isNaN(Date.parse(string)) ? fail() : timestamp(BigInt(Date.parse(string)) * 1_000_000n)
    case 'duration':
      return string !== null && /^-?\d+h$/.test(string)
        ? duration(BigInt(string.slice(0, -1)) * 3_600_000_000_000n)
        : fail()
    case 'getFullYear':
      if (first.t === 'date') return int(BigInt(first.v.slice(0, 4)))
      return first.t === 'timestamp' ? int(BigInt(dateOf(first.v).getUTCFullYear())) : fail()
    case 'getDayOfWeek':
      return first.t === 'timestamp' ? int(BigInt(dateOf(first.v).getUTCDay())) : fail()
    default:
      throw new Error(`the reference does not know ${text}`)
  }
}

function dateOf(nanos: bigint): Date {
  return new Date(Number(nanos / 1_000_000n))
}

/** A field is there unless it is null, a reference unless it leads nowhere, a key unless it is missing. */
function has({ args }: CallNode, scope: Scope): Value {
  const [argument] = args
  if (argument?.kind !== 'select') throw new Error('has() takes a field')
  const base = container(argument.base, scope)
  if (base.t === 'map') return bool(base.v.some(([key]) => key.t === 'string' && key.v === argument.name))
  return bool(orNull(select(base, argument.name, scope), scope).t !== 'null')
}

const MACROS = new Set(['exists', 'all', 'exists_one', 'map', 'filter'])

function macro(node: CallNode, range: Value, scope: Scope): Value {
  const [variable, first, second] = node.args
  if (variable?.kind !== 'name' || first === undefined) throw new Error('a macro takes a variable')
  const elements = elementsOf(range)
  const run = (body: Syntax) => (element: Value) =>
    evaluate(body, { ...scope, variables: new Map(scope.variables).set(variable.name, element) })
  const test = (element: Value): boolean => {
    const value = run(first)(element)
    return value.t === 'bool' ? value.v : fail()
  }
  switch (node.name) {
    case 'map':
      return { t: 'list', v: second === undefined ? elements.map(run(first)) : elements.filter(test).map(run(second)) }
    case 'filter': {
      const kept = elements.filter(test)
      if (range.t !== 'rows') return { t: 'list', v: kept }
      return { ...range, v: kept.map((row) => (row.t === 'row' ? row.v : fail())) }
    }
    case 'exists_one':
      return bool(elements.filter(test).length === 1)
  }
  const decisive = node.name === 'exists'
  const results = elements.map((element) => attempt(() => bool(test(element))))
  if (results.some((value) => value?.t === 'bool' && value.v === decisive)) return bool(decisive)
  return results.includes(null) ? fail() : bool(!decisive)
}

function elementsOf(range: Value): readonly Value[] {
  if (range.t === 'list') return range.v
  if (range.t === 'map') return range.v.map(([key]) => key)
  if (range.t === 'rows') return range.v.map((v) => ({ t: 'row', collection: range.collection, v }))
  return fail()
}
