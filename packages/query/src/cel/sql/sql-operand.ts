import type { DeferredSql } from '../../sql/deferred-sql'
import { bind, constant, sql } from '../../sql/sql-fragment'

export type SqlKind = 'int' | 'double' | 'string' | 'bytes' | 'bool' | 'timestamp' | 'date'

/**
 * A value of one kind. What NULL means in it: nothing (it is never NULL), a failure, or null. Where it means null, `fails` tells
 * failures apart (1 or 0, never NULL); the value is NULL then too.
 */
export interface ScalarOperand {
  readonly form: 'scalar'
  readonly kind: SqlKind
  readonly value: DeferredSql
  readonly absent: 'never' | 'failure' | 'null'
  readonly fails: DeferredSql | null
  /** Cheap to repeat: a column, a parameter, or a path into one. */
  readonly simple: boolean
  /** A double, or an int of at most 53 bits, as columns hold: the same number as a double. */
  readonly exact: boolean
  /**
   * The same, but a failure where the stored value is not of the kind: other programs store anything in an adopted
   * table, and 'abc' is greater than every number. No index helps to compute it. Null where nothing else can be stored;
   * equality does without, since values of different kinds are not equal.
   */
  readonly strict: ScalarOperand | null
}

/** A json value: its type as SQLite names it (NULL for a failure), its value where that is a scalar, its text. */
export interface JsonOperand {
  readonly form: 'json'
  readonly type: DeferredSql
  readonly value: DeferredSql
  readonly text: DeferredSql
  /** The value at the key, or at the position where `step` is a number. */
  readonly child: (step: string | number) => JsonOperand
  /** A table-valued function with a row per element. */
  readonly each: DeferredSql
}

export type Operand = ScalarOperand | JsonOperand | { readonly form: 'null' }

export function scalar(
  kind: SqlKind,
  value: DeferredSql,
  options: Pick<ScalarOperand, 'absent'> & Partial<Pick<ScalarOperand, 'fails' | 'simple' | 'exact' | 'strict'>>,
): ScalarOperand {
  return { form: 'scalar', kind, value, fails: null, simple: false, exact: kind === 'double', strict: null, ...options }
}

/** The operand for everything but equality: see `ScalarOperand.strict`. */
export function strictly(operand: Operand): Operand
export function strictly(operand: Operand | null): Operand | null
export function strictly(operand: Operand | null): Operand | null {
  return operand?.form === 'scalar' ? (operand.strict ?? operand) : operand
}

/** The value as it compares with a double. SQLite would compare an int with one digit by digit. */
export function nearestDouble({ kind, exact, value }: ScalarOperand): DeferredSql {
  return kind === 'int' && !exact ? sql`CAST(${value} AS REAL)` : value
}

/** Whether computing an operand can fail. */
export function canOperandFail(operand: Operand): boolean {
  if (operand.form === 'null') return false
  return operand.form === 'json' || operand.absent === 'failure' || operand.fails !== null
}

/** 1 where the operand fails, 0 otherwise, never NULL. */
export function failureOf(operand: ScalarOperand): DeferredSql | null {
  if (operand.absent === 'failure') return sql`(${operand.value} IS NULL)`
  return operand.fails
}

/** A predicate that is NULL where one of the operands fails, and `predicate` otherwise. */
export function unlessFailed(operands: readonly ScalarOperand[], predicate: DeferredSql): DeferredSql {
  const failures = operands.map(failureOf).filter((failure) => failure !== null)
  const [first, ...rest] = failures
  if (first === undefined) return predicate
  const any = rest.reduce((joined, failure) => sql`${joined} OR ${failure}`, first)
  return sql`CASE WHEN NOT (${any}) THEN ${predicate} END`
}

/** The value at a path into a JSON text. NULL as text is a failure, unless a json column says that it means null. */
export function jsonAt(
  base: DeferredSql,
  path: readonly (string | number)[],
  nullMeans: 'failure' | 'null' = 'failure',
): JsonOperand {
  const child = (step: string | number): JsonOperand => jsonAt(base, [...path, step])
  if (path.length === 0 && nullMeans === 'null') {
    return {
      form: 'json',
      type: sql`coalesce(json_type(${base}), 'null')`,
      value: sql`json_extract(${base}, '$')`,
      text: sql`coalesce(${base}, 'null')`,
      each: sql`json_each(${base})`,
      child,
    }
  }
  const place = jsonPath(path)
  return {
    form: 'json',
    type: sql`json_type(${base}, ${place})`,
    value: sql`json_extract(${base}, ${place})`,
    text: sql`(${base} -> ${place})`,
    each: sql`json_each(${base}, ${place})`,
    child,
  }
}

/** Plain keys stand in the text, so that an index on the path can be used; others are parameters. */
function jsonPath(path: readonly (string | number)[]): DeferredSql {
  const text = `$${path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${keyText(step)}`)).join('')}`
  return path.every((step) => typeof step === 'number' || PLAIN_KEY.test(step)) ? constant(`'${text}'`) : bind(text)
}

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_]*$/

/** SQLite reads a quoted key as a JSON string, escapes included. */
function keyText(key: string): string {
  return PLAIN_KEY.test(key) ? key : JSON.stringify(key)
}

/** An element of `json_each` at an alias: of an array the element, of an object the key. */
export function jsonElement(alias: string): JsonOperand {
  const column = (name: string): DeferredSql => constant(`"${alias}"."${name}"`)
  const [key, type, value] = [column('key'), column('type'), column('value')]
  const container = sql`CASE WHEN typeof(${key}) <> 'text' AND ${type} IN ('object', 'array') THEN ${value} END`
  return {
    form: 'json',
    type: sql`CASE WHEN typeof(${key}) = 'text' THEN 'text' ELSE ${type} END`,
    value: sql`CASE WHEN typeof(${key}) = 'text' THEN ${key} ELSE ${value} END`,
    text: sql`CASE WHEN typeof(${key}) = 'text' THEN json_quote(${key}) WHEN ${type} IN ('object', 'array') THEN ${value} WHEN ${type} = 'text' THEN json_quote(${value}) WHEN ${type} IN ('true', 'false', 'null') THEN ${type} ELSE CAST(${value} AS TEXT) END`,
    each: sql`json_each(${container})`,
    child: (step) => jsonAt(container, [step]),
  }
}
