import type { Collection, Field } from '@koyalite/schema'
import { didYouMean, signatureOf } from '@koyalite/schema'
import { TYPE_NAMES } from '../functions/function-conversion'
import { CelTypeValue } from '../memory/cel-value'
import { CelError } from '../syntax/cel-error'
import { type Range, rangeOf, type Syntax } from '../syntax/parse-cel'
import {
  aType,
  BOOL_TYPE,
  type CelType,
  DYN_TYPE,
  fieldType,
  isOpen,
  JSON_TYPE,
  mayBe,
  NULL_TYPE,
  scalarType,
} from './cel-type'
import type { CheckContext, Resolved } from './check-context'
import { behindParameter, resolveArgument } from './expand-definition'
import { AUTH_PARTS, type AuthPart, type Expression, REQUEST_PARTS, type RequestPart, type Row } from './expression'

type SyntaxOf<K extends Syntax['kind']> = Extract<Syntax, { kind: K }>

/** A bare name: a macro's variable, a root, a collection, a type. */
export function resolveName(syntax: SyntaxOf<'name'>, context: CheckContext): Resolved {
  const { name } = syntax
  const { scope } = context
  const variable = context.variables.get(name)
  if (variable !== undefined) return variable
  const argument = context.parameters.get(name)
  if (argument !== undefined) return resolveArgument(argument)
  const root = Object.hasOwn(scope.roots, name) ? scope.roots[name] : undefined
  if (root?.kind === 'row') return { is: 'row', row: { kind: 'root', name, collection: root.collection } }
  if (root?.kind === 'auth') return { is: 'auth' }
  if (root?.kind === 'anything') return anything(syntax)
  if (root?.kind === 'request') return { is: 'request', parts: root.parts }
  if (root?.kind === 'text') {
    const type = scalarType('string')
    return { is: 'value', expression: { kind: 'const', value: root.text, type, range: rangeOf(syntax) } }
  }
  const collection = scope.schema.collections.get(name)
  if (collection !== undefined && scope.collectionsAllowed) {
    scope.onMention?.({ kind: 'collection', collection, range: rangeOf(syntax) })
    return { is: 'rows', rows: { collection, filters: [] } }
  }
  if (TYPE_NAMES.some((typeName) => typeName === name)) {
    const value = new CelTypeValue(name)
    return { is: 'value', expression: { kind: 'const', value, type: scalarType('type'), range: rangeOf(syntax) } }
  }
  throw new CelError(`unknown name '${name}'${nameHint(name, context)}`, syntax)
}

/** Stands for any value, row or collection. Of a definition by itself, only syntax and names are checked. */
export function anything(range: Range): Resolved {
  return { is: 'value', expression: { kind: 'input', input: 0, type: DYN_TYPE, range: rangeOf(range) } }
}

function nameHint(name: string, { scope, variables, parameters }: CheckContext): string {
  const definition = scope.definitions?.get(name)?.definition
  if (definition !== undefined) return `: it is a definition, which is called: ${signatureOf(definition)}`
  if (scope.roots.type?.kind === 'text')
    return ' (an event has doc, old and type; one that is not about a document has type)'
  const isWithoutDocument = scope.definitions !== undefined && scope.roots.doc === undefined
  if (isWithoutDocument && (name === 'doc' || name === 'old'))
    return ' (there is no document here, only auth and request)'
  if (isWithoutDocument && scope.schema.collections.has(name))
    return ' (collections cannot be read here, only auth and request)'
  if (name === 'old' && scope.definitions !== undefined) return ' (only rules of update have the document before)'
  const doc = scope.roots.doc
  if (doc?.kind === 'row' && findField(doc.collection, name, scope.fieldExists) !== undefined) {
    return ` (did you mean 'doc.${name}'?)`
  }
  const collections = scope.collectionsAllowed ? scope.schema.collections.keys() : []
  const known = [...variables.keys(), ...parameters.keys(), ...Object.keys(scope.roots), ...collections]
  const elsewhere = Object.entries(NAMES_ELSEWHERE).filter(([, [root = '']]) => Object.hasOwn(scope.roots, root))
  return didYouMean(name, known, Object.fromEntries(elsewhere.map(([word, path]) => [word, path.join('.')])))
}

/** Names that rules of other products use: the path here. */
const NAMES_ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  resource: ['doc'],
  record: ['doc'],
  document: ['doc'],
  row: ['doc'],
  this: ['doc'],
  self: ['doc'],
  new: ['doc'],
  before: ['old'],
  user: ['auth'],
  caller: ['auth'],
  me: ['auth'],
  now: ['request', 'time'],
}

/** `base.name` */
export function resolveSelect(syntax: SyntaxOf<'select'>, context: CheckContext): Resolved {
  const typeName = PROTOBUF_TYPES.find((name) => name === dottedName(syntax))
  if (typeName !== undefined) {
    const value = new CelTypeValue(typeName)
    return { is: 'value', expression: { kind: 'const', value, type: scalarType('type'), range: rangeOf(syntax) } }
  }
  const nameRange = rangeOf({ ...syntax, start: syntax.nameStart })
  return selectFrom(context.resolve(syntax.base, context), syntax.name, { whole: syntax, name: nameRange }, context)
}

/** The names of the types of timestamps and durations, as `type(x)` returns them. */
const PROTOBUF_TYPES = ['google.protobuf.Timestamp', 'google.protobuf.Duration']

function dottedName(syntax: Syntax): string | null {
  if (syntax.kind === 'name') return syntax.name
  const base = syntax.kind === 'select' ? dottedName(syntax.base) : null
  return base === null || syntax.kind !== 'select' ? null : `${base}.${syntax.name}`
}

interface SelectRanges {
  readonly whole: Range
  readonly name: Range
}

function selectFrom(base: Resolved, name: string, ranges: SelectRanges, context: CheckContext): Resolved {
  switch (base.is) {
    case 'row':
      return selectField(base.row, name, ranges, context)
    case 'auth':
      return { is: 'value', expression: authPart(name, ranges) }
    case 'request':
      return { is: 'value', expression: requestPart(base.parts, name, ranges) }
    case 'rows':
      throw new CelError(
        `${base.rows.collection.name} is a collection: use exists, all, exists_one, filter, map or size on it`,
        ranges.name,
      )
    case 'value':
      if (base.reference !== undefined) return selectField(base.reference, name, ranges, context)
      return { is: 'value', expression: selectKey(base.expression, name, ranges) }
  }
}

function selectField(row: Row, name: string, ranges: SelectRanges, context: CheckContext): Resolved {
  const exists = context.scope.fieldExists
  const field = findField(row.collection, name, exists)
  const mention = (named: Field, isWithoutId: boolean) =>
    context.scope.onMention?.({
      ...{ kind: 'field', collection: row.collection, field: named, isWithoutId },
      range: ranges.name,
    })
  if (field !== undefined) {
    mention(field, false)
    const expression: Expression = { kind: 'field', row, field, type: fieldType(field), range: rangeOf(ranges.whole) }
    const reference = followReference(row, field, context)
    return reference === undefined ? { is: 'value', expression } : { is: 'value', expression, reference }
  }
  const key = findField(row.collection, `${name}_id`, exists)
  const reference = key === undefined ? undefined : followReference(row, key, context)
  if (key !== undefined && reference !== undefined) {
    mention(key, true)
    return { is: 'row', row: reference }
  }
  const known = fieldNames(row.collection, context)
  throw new CelError(`unknown field '${name}' of ${row.collection.name}${didYouMean(name, known)}`, ranges.name)
}

function findField(
  collection: Collection,
  name: string,
  exists: CheckContext['scope']['fieldExists'],
): Field | undefined {
  const field = collection.fields.get(name)
  return field !== undefined && (exists === undefined || exists(collection, field)) ? field : undefined
}

function fieldNames(collection: Collection, { scope }: CheckContext): readonly string[] {
  const fields = [...collection.fields.values()].filter((field) => scope.fieldExists?.(collection, field) ?? true)
  return fields.flatMap((field) =>
    field.references !== undefined && field.name.endsWith('_id') ? [field.name, field.name.slice(0, -3)] : [field.name],
  )
}

/** The row that a reference leads to; undefined if the field is not a reference, or its target is hidden. */
function followReference(from: Row, field: Field, { scope }: CheckContext): Row | undefined {
  if (field.references === undefined) return undefined
  const collection = scope.schema.collections.get(field.references.collection)
  const key = collection?.fields.get(field.references.field)
  return collection === undefined || key === undefined ? undefined : { kind: 'follow', from, field, collection, key }
}

const AUTH_TYPES: Readonly<Record<AuthPart, CelType>> = {
  id: scalarType('string', true),
  email: scalarType('string', true),
  role: scalarType('string', true),
  verified: BOOL_TYPE,
  metadata: JSON_TYPE,
  claims: JSON_TYPE,
}

function authPart(name: string, ranges: SelectRanges): Expression {
  const part = AUTH_PARTS.find((candidate) => candidate === name)
  if (part === undefined) {
    throw new CelError(`auth has no '${name}'${didYouMean(name, [...AUTH_PARTS, 'can'])}`, ranges.name)
  }
  return { kind: 'auth', part, type: AUTH_TYPES[part], range: rangeOf(ranges.whole) }
}

const REQUEST_TYPES: Readonly<Record<RequestPart, CelType>> = {
  method: scalarType('string'),
  ip: scalarType('string'),
  time: scalarType('timestamp'),
  body: JSON_TYPE,
  headers: { kind: 'map', value: scalarType('string') },
}

/** A part of the request. */
export function requestPart(parts: readonly RequestPart[], name: string, ranges: SelectRanges): Expression {
  const part = REQUEST_PARTS.find((candidate) => candidate === name)
  if (part === undefined) {
    const advice = name === 'auth' ? ': the caller is auth, like auth.id' : didYouMean(name, parts)
    throw new CelError(`request has no '${name}'${advice}`, ranges.name)
  }
  if (!parts.includes(part)) {
    throw new CelError(
      `request.${name} cannot be used here, only ${parts.map((p) => `request.${p}`).join(', ')}`,
      ranges.whole,
    )
  }
  return { kind: 'request', part, type: REQUEST_TYPES[part], range: rangeOf(ranges.whole) }
}

function selectKey(base: Expression, key: string, ranges: SelectRanges): Expression {
  if (base.type.kind !== 'map' && !isOpen(base.type)) {
    throw new CelError(`${aType(base.type)} has no field '${key}'`, ranges.name)
  }
  return { kind: 'key', base, key, type: valueTypeOf(base.type), range: rangeOf(ranges.whole) }
}

/** The type of an element of a container. */
export function valueTypeOf(type: CelType): CelType {
  if (type.kind === 'map') return type.value
  if (type.kind === 'list') return type.element
  return type.kind === 'json' ? JSON_TYPE : DYN_TYPE
}

/** `base[index]` */
export function resolveIndex(syntax: SyntaxOf<'index'>, context: CheckContext): Resolved {
  const base = context.resolve(syntax.base, context)
  if (base.is !== 'value') {
    const { syntax: index } = behindParameter(syntax.index, context)
    if (index.kind !== 'literal' || typeof index.value !== 'string') {
      throw new CelError('only a string literal can be used as an index here', syntax.index)
    }
    return selectFrom(base, index.value, { whole: syntax, name: syntax.index }, context)
  }
  return { is: 'value', expression: checkIndex(base.expression, syntax, context) }
}

function checkIndex(base: Expression, syntax: SyntaxOf<'index'>, context: CheckContext): Expression {
  const index = context.check(syntax.index, context)
  const range = rangeOf(syntax)
  const { type } = base
  const byPosition = mayBe(type, 'list') && ['int', 'uint', 'double'].some((kind) => mayBe(index.type, kind as 'int'))
  const byKey =
    mayBe(type, 'map') && ['string', 'bool', 'int', 'uint', 'double'].some((kind) => mayBe(index.type, kind as 'int'))
  if (!byPosition && !byKey) {
    throw new CelError(`${aType(type)} cannot be indexed with ${aType(index.type)}`, range)
  }
  if (index.kind === 'const' && typeof index.value === 'string') {
    return { kind: 'key', base, key: index.value, type: valueTypeOf(type), range }
  }
  return { kind: 'index', base, index, type: valueTypeOf(type), range }
}

/** `has(base.name)`: whether a field or part is not null, a reference leads somewhere, a map has the key. */
export function checkHas(syntax: SyntaxOf<'call'>, outer: CheckContext): Expression {
  const [only] = syntax.args
  const { syntax: argument, context } = behindParameter(only ?? syntax, outer)
  if (argument.kind !== 'select' || syntax.args.length !== 1) {
    throw new CelError('has() takes one field, like has(doc.title)', syntax)
  }
  const range = rangeOf(syntax)
  const base = context.resolve(argument.base, context)
  if (base.is === 'value' && base.reference === undefined) {
    const key = selectKey(base.expression, argument.name, {
      whole: argument,
      name: rangeOf({ ...argument, start: argument.nameStart }),
    })
    if (key.kind === 'key') return { kind: 'hasKey', base: key.base, key: key.key, type: BOOL_TYPE, range }
  }
  const selected = resolveSelect(argument, context)
  if (selected.is === 'row') return { kind: 'present', row: selected.row, type: BOOL_TYPE, range }
  return notNull(context.check(argument, context), range)
}

/** `expression != null` */
function notNull(expression: Expression, range: Range): Expression {
  const right: Expression = { kind: 'const', value: null, type: NULL_TYPE, range: rangeOf(range) }
  return { kind: 'equals', negated: true, left: expression, right, type: BOOL_TYPE, range: rangeOf(range) }
}
