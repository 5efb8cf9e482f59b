import type { ReadAccess } from '../../access/read-access'
import type { DeferredSql } from '../../sql/deferred-sql'
import type { Expression, Row } from '../check/expression'
import { CelError } from '../syntax/cel-error'
import type { Nobodies } from './sql-nobody'
import type { JsonOperand, Operand } from './sql-operand'

/** A condition as SQL: true, false, or NULL for an error. */
export interface Predicate {
  readonly sql: DeferredSql
  /** False: it is never NULL. */
  readonly canFail: boolean
}

/** What compiling a node needs. `predicate` and `operand` are the whole compiler: the files of node families don't import it. */
export interface SqlContext {
  readonly source: string
  /** The table alias of each root that is a row of the statement; other roots are documents, known when parameters are bound. */
  readonly aliases: Readonly<Record<string, string>>
  /** In `where`: which rows and fields of other collections the caller may read. Rules read them all. */
  readonly access: ReadAccess | null
  /** Macro variables over collections, by number. */
  readonly elements: ReadonlyMap<number, string>
  /** Macro variables over json, by number. */
  readonly variables: ReadonlyMap<number, JsonOperand>
  /** Macros over json run as JavaScript, whose work is limited, and not as SQL, which nothing interrupts inside of a write. */
  readonly listsInMemory: boolean
  readonly names: { count: number; readonly prefix: string }
  /** Which parts are nobody for the callers that the statement is made for. */
  readonly nobodies: Nobodies
  /** How many joins of texts the SQL has. */
  readonly joins: { count: number }
  /** Parts of the source that run as JavaScript for each row. */
  readonly residual: Set<string>
  readonly predicate: (expression: Expression, context: SqlContext) => Predicate
  /** Null if SQL cannot express the value: then the expression runs in JavaScript. */
  readonly operand: (expression: Expression, context: SqlContext) => Operand | null
}

/** An alias that no other part of the statement has: predicates of read access are given one of ours, and build theirs on it. */
export function newAlias({ names }: SqlContext): string {
  names.count++
  return `${names.prefix}_${names.count}`
}

/** The alias of the row that an expression starts from; null for a document that is known when parameters are bound. */
export function aliasOf(row: Exclude<Row, { kind: 'follow' }>, context: SqlContext): string | null {
  if (row.kind === 'root') return context.aliases[row.name] ?? null
  const alias = context.elements.get(row.variable)
  if (alias === undefined) {
    throw new CelError('a collection cannot be queried inside this part of the expression', {
      start: 0,
      end: 0,
    })
  }
  return alias
}
