import { AppError } from '@koyalite/contracts'
import { type Collection, didYouMean, type Field, type FieldType, NAME } from '@koyalite/schema'
import { aType, type FieldPath, type PathScope, pathsFrom, type ResolvePath } from '../filter/field-path'
import { shortened } from '../filter/shortened'
import { LIMITS } from '../list/limits'
import {
  AGGREGATE_FUNCTIONS,
  type AggregateFunction,
  type AggregateValue,
  type GroupKey,
  type Output,
} from './aggregate-query'
import { TIME_BUCKETS, type TimeBucket } from './time-bucket'

export interface Outputs {
  readonly keys: readonly GroupKey[]
  readonly values: readonly AggregateValue[]
}

/**
 * What `values=count,sum:amount` and `group=status,created_at:month` ask for. An entry may end with `:as:name`. Throws INVALID_REQUEST.
 */
export function parseOutputs(
  scope: Omit<PathScope, 'code'>,
  collection: Collection,
  texts: { readonly values: string | null; readonly group: string | null },
): Outputs {
  const resolve = pathsFrom({ ...scope, code: 'INVALID_REQUEST' }, collection)
  const keys = entriesOf('group', texts.group ?? '', LIMITS.aggregateKeys).map((entry, index) =>
    parseKey(entry, `k${index}`, resolve),
  )
  const values = entriesOf('values', texts.values ?? 'count', LIMITS.aggregateValues).map((entry, index) =>
    parseValue(entry, `v${index}`, resolve),
  )
  refuseRepetitions(keys.map(({ path, bucket }) => `${path.text}${bucket ? `:${bucket}` : ''}`))
  refuseRepetitions(values.map(({ call, path }) => `${call}${path ? `:${path.text}` : ''}`))
  refuseClashes([...keys, ...values])
  return { keys, values }
}

function entriesOf(parameter: string, text: string, max: number): readonly string[] {
  const entries = text === '' ? [] : text.split(',')
  if (entries.length > max) throw invalid(`'${parameter}' has more than ${max} entries.`)
  if (entries.includes('')) throw invalid(`'${parameter}' has an empty entry: '${shortened(text)}'.`)
  return entries
}

/** `status`, `created_at:month`, either with `:as:name`. */
function parseKey(entry: string, column: string, resolve: ResolvePath): GroupKey {
  const { parts, alias } = withoutAlias(entry)
  const [name = '', word, ...rest] = parts
  if (name === '' || rest.length > 0) {
    throw invalid(`An entry of 'group' has the form field, or field:month, but '${shortened(entry)}' does not.`)
  }
  const path = resolve(name)
  const bucket = word === undefined ? null : bucketNamed(word, path)
  refuseUngroupable(path, 'grouped')
  const type = bucket === null ? typeOf(path) : { type: 'string' as const }
  return { path, bucket, output: outputOf(alias ?? name, column, type) }
}

/** `count`, `sum:amount`, either with `:as:name`. */
function parseValue(entry: string, column: string, resolve: ResolvePath): AggregateValue {
  const { parts, alias } = withoutAlias(entry)
  const [word = '', name, ...rest] = parts
  const call = functionNamed(word)
  if (name === '' || rest.length > 0 || (name === undefined && call !== 'count')) {
    const form = call === 'count' ? 'count, or count:field' : `${call}:field`
    throw invalid(`An entry of 'values' has the form ${form}, but '${shortened(entry)}' does not.`)
  }
  if (name === undefined) return { call, path: null, output: outputOf(alias ?? call, column, { type: 'int' }) }
  const path = resolve(name)
  const output = outputOf(alias ?? `${call}_${name}`, column, resultOf(call, path))
  return { call, path, output }
}

function withoutAlias(entry: string): { readonly parts: readonly string[]; readonly alias: string | null } {
  const parts = entry.split(':')
  // A field may be called `as`: before a name there is always something else.
  if (parts.length < 3 || parts.at(-2) !== 'as') return { parts, alias: null }
  const alias = parts.at(-1) ?? ''
  if (!NAME.test(alias)) {
    throw invalid(
      `'${shortened(alias)}' cannot be a name: use lower-case letters, digits and '_', at most 63, starting with a letter.`,
    )
  }
  return { parts: parts.slice(0, -2), alias }
}

/** What a function returns for a field. Throws INVALID_REQUEST where it does not apply to it. */
function resultOf(call: AggregateFunction, path: FieldPath): Pick<Field, 'type' | 'validation'> | { type: FieldType } {
  switch (call) {
    case 'count':
      return { type: 'int' }
    case 'count_distinct':
      refuseUngroupable(path, 'counted without duplicates')
      return { type: 'int' }
    case 'sum':
    case 'avg': {
      const { type } = typeOf(path)
      if (type !== 'int' && type !== 'float') throw mistyped(call, path, 'an int or a float')
      return { type: call === 'avg' ? 'float' : type }
    }
    case 'min':
    case 'max': {
      const { type } = typeOf(path)
      if (type === 'bool' || type === 'json' || type === 'blob') {
        throw mistyped(call, path, 'a number, a time, a string or a uuid')
      }
      return typeOf(path)
    }
  }
}

/** What `having` compares a value of the path with. A place inside json may hold any value. */
function typeOf(path: FieldPath): Pick<Field, 'type' | 'validation'> {
  const { type, validation } = path.field
  return { type, validation: validation.enum === undefined ? {} : { enum: validation.enum } }
}

function refuseUngroupable(path: FieldPath, what: string): void {
  const { type } = path.field
  if (type === 'blob') throw invalid(`'${path.text}' is a blob, which cannot be ${what}.`)
  if (type === 'json' && path.json.length === 0) {
    throw invalid(`'${path.text}' is json, which cannot be ${what}; use a path into it, like '${path.text}.key'.`)
  }
}

function bucketNamed(word: string, path: FieldPath): TimeBucket {
  const bucket = TIME_BUCKETS.find((candidate) => candidate === word)
  if (bucket === undefined) {
    const known = TIME_BUCKETS.join(', ')
    throw invalid(
      `Unknown time bucket '${shortened(word)}'${didYouMean(word, TIME_BUCKETS, SYNONYMS)}; supported are ${known}.`,
    )
  }
  const { type } = path.field
  if (type !== 'timestamp' && (type !== 'date' || bucket === 'hour'))
    throw mistyped(bucket, path, bucket === 'hour' ? 'a timestamp' : 'a timestamp or a date')
  return bucket
}

function functionNamed(word: string): AggregateFunction {
  const call = AGGREGATE_FUNCTIONS.find((candidate) => candidate === word)
  if (call !== undefined) return call
  const suggestion = didYouMean(word, AGGREGATE_FUNCTIONS, SYNONYMS)
  throw invalid(`Unknown function '${shortened(word)}'${suggestion}; supported are ${AGGREGATE_FUNCTIONS.join(', ')}.`)
}

const SYNONYMS: Readonly<Record<string, string>> = {
  average: 'avg',
  mean: 'avg',
  total: 'sum',
  distinct: 'count_distinct',
  minimum: 'min',
  maximum: 'max',
  date: 'day',
  daily: 'day',
  hourly: 'hour',
  weekly: 'week',
  monthly: 'month',
  yearly: 'year',
}

function outputOf(name: string, column: string, type: { type: FieldType; validation?: Field['validation'] }): Output {
  const plain = { primary: false, unique: false, index: false, nullable: true, internal: false, onUpdateNow: false }
  return { name, field: { ...plain, validation: {}, ...type, name, column, position: { line: 0, column: 0 } } }
}

/** Repeating a long text in every group could make a response larger than the database. */
function refuseRepetitions(entries: readonly string[]): void {
  const repeated = entries.find((entry, index) => entries.indexOf(entry) !== index)
  if (repeated !== undefined) throw invalid(`'${shortened(repeated)}' is listed twice.`)
}

function refuseClashes(outputs: readonly { readonly output: Output }[]): void {
  const names = new Set<string>()
  for (const { output } of outputs) {
    if (names.has(output.name)) {
      throw invalid(`Two entries are called '${output.name}': give one of them a name of its own, with ':as:name'.`)
    }
    names.add(output.name)
  }
}

function mistyped(word: string, path: FieldPath, wanted: string): AppError {
  return invalid(`'${word}' takes ${wanted}, but '${path.text}' is ${aType(path.field)}.`)
}

function invalid(message: string): AppError {
  return new AppError('INVALID_REQUEST', message)
}
