import { type Part, param, part, raw } from './deferred-sql'

export type SqlKind = 'int' | 'double' | 'string' | 'bytes' | 'bool' | 'timestamp'

/**
 * A value of one kind. What NULL means in it: nothing (it is never NULL), a failure, or null. Where it means null, `fails` tells
 * failures apart (1 or 0, never NULL); the value is NULL then too.
 */
export interface ScalarOperand {
  readonly form: 'scalar'
  readonly kind: SqlKind
  readonly value: Part
  readonly absent: 'never' | 'failure' | 'null'
  readonly fails: Part | null
  /** Cheap to repeat: a column, a parameter, or a path into one. */
  readonly simple: boolean
  /** A double, or an int of at most 53 bits, as columns hold: the same number as a double. */
  readonly exact: boolean
}

/** A json value: its type as SQLite names it (NULL for a failure), its value where that is a scalar, its text. */
export interface JsonOperand {
  readonly form: 'json'
  readonly type: Part
  readonly value: Part
  readonly text: Part
  /** The value at the key, or at the position where `step` is a number. */
  readonly child: (step: string | number) => JsonOperand
  /** A table-valued function with a row per element. */
  readonly each: Part
}

export type Operand = ScalarOperand | JsonOperand | { readonly form: 'null' }

export function scalar(
  kind: SqlKind,
  value: Part,
  options: Pick<ScalarOperand, 'absent'> & Partial<Pick<ScalarOperand, 'fails' | 'simple' | 'exact'>>,
): ScalarOperand {
  return { form: 'scalar', kind, value, fails: null, simple: false, exact: kind === 'double', ...options }
}

/** The value as it compares with a double. SQLite would compare an int with one digit by digit. */
export function nearestDouble({ kind, exact, value }: ScalarOperand): Part {
  return kind === 'int' && !exact ? part`CAST(${value} AS REAL)` : value
}

/** Whether computing an operand can fail. */
export function canOperandFail(operand: Operand): boolean {
  if (operand.form === 'null') return false
  return operand.form === 'json' || operand.absent === 'failure' || operand.fails !== null
}

/** 1 where the operand fails, 0 otherwise, never NULL. */
export function failureOf(operand: ScalarOperand): Part | null {
  if (operand.absent === 'failure') return part`(${operand.value} IS NULL)`
  return operand.fails
}

/** A predicate that is NULL where one of the operands fails, and `sql` otherwise. */
export function unlessFailed(operands: readonly ScalarOperand[], sql: Part): Part {
  const failures = operands.map(failureOf).filter((failure) => failure !== null)
  const [first, ...rest] = failures
  if (first === undefined) return sql
  const any = rest.reduce((joined, failure) => part`${joined} OR ${failure}`, first)
  return part`CASE WHEN NOT (${any}) THEN ${sql} END`
}

/** The value at a path into a JSON text. NULL as text is a failure, unless a json column says that it means null. */
export function jsonAt(
  base: Part,
  path: readonly (string | number)[],
  nullMeans: 'failure' | 'null' = 'failure',
): JsonOperand {
  const child = (step: string | number): JsonOperand => jsonAt(base, [...path, step])
  if (path.length === 0 && nullMeans === 'null') {
    return {
      form: 'json',
      type: part`coalesce(json_type(${base}), 'null')`,
      value: part`json_extract(${base}, '$')`,
      text: part`coalesce(${base}, 'null')`,
      each: part`json_each(${base})`,
      child,
    }
  }
  const place = jsonPath(path)
  return {
    form: 'json',
    type: part`json_type(${base}, ${place})`,
    value: part`json_extract(${base}, ${place})`,
    text: part`(${base} -> ${place})`,
    each: part`json_each(${base}, ${place})`,
    child,
  }
}

/** Plain keys stand in the text, so that an index on the path can be used; others are parameters. */
function jsonPath(path: readonly (string | number)[]): Part {
  const text = `$${path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${keyText(step)}`)).join('')}`
  return path.every((step) => typeof step === 'number' || PLAIN_KEY.test(step)) ? raw(`'${text}'`) : param(text)
}

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_]*$/

/** SQLite reads a quoted key as a JSON string, escapes included. */
function keyText(key: string): string {
  return PLAIN_KEY.test(key) ? key : JSON.stringify(key)
}

/** An element of `json_each` at an alias: of an array the element, of an object the key. */
export function jsonElement(alias: string): JsonOperand {
  const column = (name: string): Part => raw(`"${alias}"."${name}"`)
  const [key, type, value] = [column('key'), column('type'), column('value')]
  const container = part`CASE WHEN typeof(${key}) <> 'text' AND ${type} IN ('object', 'array') THEN ${value} END`
  return {
    form: 'json',
    type: part`CASE WHEN typeof(${key}) = 'text' THEN 'text' ELSE ${type} END`,
    value: part`CASE WHEN typeof(${key}) = 'text' THEN ${key} ELSE ${value} END`,
    text: part`CASE WHEN typeof(${key}) = 'text' THEN json_quote(${key}) WHEN ${type} IN ('object', 'array') THEN ${value} WHEN ${type} = 'text' THEN json_quote(${value}) WHEN ${type} IN ('true', 'false', 'null') THEN ${type} ELSE CAST(${value} AS TEXT) END`,
    each: part`json_each(${container})`,
    child: (step) => jsonAt(container, [step]),
  }
}
