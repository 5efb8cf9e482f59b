import type { DeferredSql } from '../../sql/deferred-sql'
import { sql } from '../../sql/sql-fragment'
import { NATIVE_SEARCH } from '../../sql/text-search'
import type { Expression, ExpressionOf } from '../check/expression'
import type { FunctionName } from '../functions/function-table'
import type { SqlContext } from './sql-context'
import { type Operand, type ScalarOperand, scalar, strictly } from './sql-operand'

/** A function that SQL has too. Null for the others. */
export function callOperand({ name, args }: ExpressionOf<'call'>, context: SqlContext): Operand | null {
  if (name === 'date' || name === 'timestamp') return converted(name, args[0], context)
  const compile = CALLS[name]
  if (compile === undefined) return null
  const operands = args.map((argument) => textOperand(argument, context))
  const [first = null, second = null] = operands
  if (first === null) return null
  return name === 'contains' && second !== null ? containing(first, second, args[1]) : compile(first, second)
}

/** A day of a timestamp, and the midnight that a day begins with. */
function converted(to: 'date' | 'timestamp', argument: Expression | undefined, context: SqlContext): Operand | null {
  const time = argument === undefined ? null : strictly(context.operand(argument, context))
  if (time?.form !== 'scalar') return null
  if (to === 'timestamp' && time.kind === 'date')
    return scalar('timestamp', sql`(${time.value} || 'T00:00:00.000Z')`, { absent: absentOf(time) })
  if (to !== 'date' || time.kind !== 'timestamp' || !time.simple) return null
  // No date has the year 0, which the timestamp of a document may have.
  return scalar('date', sql`CASE WHEN ${time.value} >= '0001' THEN substr(${time.value}, 1, 10) END`, {
    absent: 'failure',
  })
}

/** Only strings are known to SQL's functions in the same way as to CEL's. */
function textOperand(expression: Expression, context: SqlContext): ScalarOperand | null {
  const operand = strictly(context.operand(expression, context))
  return operand?.form === 'scalar' && operand.kind === 'string' ? operand : null
}

type CompileCall = (text: ScalarOperand, argument: ScalarOperand | null) => ScalarOperand | null

const CALLS: Readonly<Partial<Record<FunctionName, CompileCall>>> = {
  contains: test((text, part_) => sql`(instr(${text.value}, ${part_.value}) > 0)`),
  startsWith: test((text, prefix) =>
    simple(prefix, sql`(substr(${text.value}, 1, length(${prefix.value})) = ${prefix.value})`),
  ),
  endsWith: test((text, suffix) =>
    simple(suffix, sql`(substr(${text.value}, -length(${suffix.value}), length(${suffix.value})) = ${suffix.value})`),
  ),
  matches: test((text, pattern) => sql`koyalite_matches(${text.value}, ${pattern.value})`),
  lowerAscii: change((text) => sql`lower(${text})`),
  upperAscii: change((text) => sql`upper(${text})`),
  size: (text) => scalar('int', sql`length(${text.value})`, { absent: absentOf(text) }),
}

/** SQLite's own search is for what is known to be short: see `NATIVE_SEARCH`. */
function containing(text: ScalarOperand, part_: ScalarOperand, searched: Expression | undefined): ScalarOperand {
  const isShort =
    (searched?.kind === 'const' && String(searched.value).length <= NATIVE_SEARCH) || searched?.kind === 'auth'
  const found = isShort
    ? sql`(instr(${text.value}, ${part_.value}) > 0)`
    : sql`koyalite_contains(${text.value}, ${part_.value})`
  return scalar('bool', found, { absent: 'failure' })
}

/** What is written several times must be cheap to write. */
function simple(operand: ScalarOperand, sql: DeferredSql): DeferredSql | null {
  return operand.simple ? sql : null
}

function test(compile: (text: ScalarOperand, argument: ScalarOperand) => DeferredSql | null): CompileCall {
  return (text, argument) => {
    const sql = argument === null ? null : compile(text, argument)
    // A pattern may be wrong.
    return sql === null ? null : scalar('bool', sql, { absent: 'failure' })
  }
}

function change(compile: (text: DeferredSql) => DeferredSql): CompileCall {
  return (text) => scalar('string', compile(text.value), { absent: absentOf(text) })
}

/** A function of null fails, and returns NULL. */
function absentOf(text: ScalarOperand): ScalarOperand['absent'] {
  return text.absent === 'never' ? 'never' : 'failure'
}
