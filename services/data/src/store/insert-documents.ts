import { AppError, type SqlValue, type Tx } from '@koyalite/contracts'
import { ConstraintError } from '@koyalite/sqlite'
import { defaultValue, type StoredValues } from '../document-input'
import type { HookedCreation } from '../hooks/hooked-create'
import { constrained, passed, requirePassed, settled } from './checked-row'
import { explainConstraint } from './constraint'
import { mustAskBefore, type Resulting, refusal, resultOf } from './state-before'
import { type Check, guardsOf, NO_CHECKS, statementsOf, type Target } from './target'

/** A document on its way into the store. */
export interface NewDocument {
  readonly target: Target
  readonly values: StoredValues
  readonly checks: readonly Check[]
  /** Where its collection has hooks for new documents. */
  readonly hooked?: HookedCreation | undefined
}

/**
 * Stores a new document; returns its JSON text as the caller may see it. Throws CONFLICT, or what a check refuses
 * with.
 */
export function insertDocument(tx: Tx, { target, values, checks }: NewDocument): string {
  const columns = columnsOf(target, values)
  const document = (): Resulting => ({
    values: new Map(target.model.fields.map((field, index) => [field, columns[index] ?? null])),
    key: null,
  })
  const statements = statementsOf(target)
  const write = <T>(run: () => T): T =>
    constrained(
      run,
      (error) => refusal(tx, target, { ...document(), checks }) ?? explainConstraint(tx, target, document(), error),
    )
  const isAsked = mustAskBefore(target, checks, null)
  if (isAsked) {
    const insert = () => write(() => tx.get(statements.insertOnly(columns))?.[0] ?? null)
    const resulting = isSettled(target, document()) ? document() : resultOf(tx, target, insert)
    requirePassed(tx, target, { resulting, checks })
  }
  const left = isAsked ? NO_CHECKS : checks
  const row = write(() => tx.get(target.caller.access.bind(statements.insert([columns], guardsOf(left)), target.input)))
  requireNameable(target, row)
  return passed(settled(tx, target, { row, checks: left }), left)
}

/**
 * Stores documents that `fitTogether` in one statement, at a third of what they cost one by one. Returns for each a
 * function that returns its JSON text or throws the refusal of a check; null where SQLite refused one of them and so
 * stored none: storing them one by one shows which, and why.
 */
export function insertTogether(tx: Tx, documents: readonly NewDocument[]): readonly (() => string)[] | null {
  const { target, checks } = documents[0] as NewDocument
  const rows = documents.map(({ target, values }) => columnsOf(target, values))
  const sql = target.caller.access.bind(statementsOf(target).insert(rows, guardsOf(checks)))
  try {
    // SQLite goes through VALUES in order, and returns the rows in the same order.
    const returned = tx.all(sql)
    return documents.map((document, index) => () => {
      requireNameable(target, returned[index])
      return passed(returned[index], document.checks)
    })
  } catch (error) {
    if (error instanceof ConstraintError) return null
    throw error
  }
}

/** How many documents like this one a statement can store. */
export function insertLimit({ target, checks }: NewDocument): number {
  return statementsOf(target).insertLimit(guardsOf(checks))
}

/**
 * Whether two documents can be stored by one statement: they are checked by the same guards (one that looks at the
 * input is different for each), and neither can refer to the other, which one statement would allow in both
 * directions.
 */
export function fitTogether(one: NewDocument, other: NewDocument): boolean {
  const { model, caller } = one.target
  return (
    model === other.target.model &&
    !model.collection.untyped &&
    caller === other.target.caller &&
    !model.refersToItself &&
    !mustAskBefore(one.target, one.checks, null) &&
    one.checks.length === other.checks.length &&
    one.checks.every(({ guard }, index) => guard === other.checks[index]?.guard)
  )
}

/**
 * After a very large key that another program has stored, SQLite generates one that JSON clients cannot represent.
 * Throws CONFLICT.
 */
function requireNameable({ model: { collection } }: Target, row: readonly SqlValue[] | undefined): void {
  const key = collection.primaryKey.type === 'int' ? row?.at(-1) : undefined
  if (typeof key !== 'number' || Math.abs(key) < 2 ** 53) return
  const { name } = collection.primaryKey
  throw new AppError(
    'CONFLICT',
    `The highest key of '${collection.name}', stored by another program, is beyond 2^53 − 1, so no next key can be generated: send your own ${name}, or give that document a smaller one.`,
    { details: [{ field: name, code: 'range', message: `${name} would be beyond 2^53 − 1` }] },
  )
}

/**
 * Whether the stored document is known beforehand: the database does not generate its key, and no trigger changes it.
 */
function isSettled({ model: { collection } }: Target, { values }: Resulting): boolean {
  return !collection.untyped && values.get(collection.primaryKey) !== null
}

function columnsOf({ model, caller }: Target, values: StoredValues): SqlValue[] {
  return model.fields.map((field) => {
    const value = values.get(field)
    return value === undefined ? defaultValue(field, caller) : value
  })
}
