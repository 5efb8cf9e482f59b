import { quoteName, type Sql, type SqlValue } from '@koyalite/contracts'
import type { Collection, Field } from '@koyalite/schema'
import type { PlanContext } from '../migrations-context'

/** Counts of documents in the tables as they are. Each is null where it takes too long, or the table is not there. */
export interface DocumentCounter {
  all(collection: Collection): Promise<number | null>
  filled(collection: Collection, field: Field): Promise<number | null>
  /** Those whose value the field does not take any more, as far as that can be counted in SQL. */
  unfit(collection: Collection, old: Field | undefined, next: Field): Promise<number | null>
}

/** Counting may take this long; then the number is left out. */
const COUNT_TIMEOUT_MS = 2000

export function documentCounter({ database }: Pick<PlanContext, 'database'>): DocumentCounter {
  const known = new Map<string, Promise<number | null>>()
  const count = (sql: Sql): Promise<number | null> => {
    const key = JSON.stringify(sql)
    const running =
      known.get(key) ??
      database.query(sql, { timeoutMs: COUNT_TIMEOUT_MS }).then(
        ({ rows }) => Number(rows[0]?.[0] ?? 0),
        // It takes too long, or the table is not there: the plan is good without the number.
        () => null,
      )
    known.set(key, running)
    return running
  }
  const from = ({ table }: Collection) => `SELECT count(*) FROM ${quoteName(table)}`
  return {
    all: (collection) => count({ text: from(collection), params: [] }),
    filled: (collection, { column }) =>
      count({ text: `${from(collection)} WHERE ${quoteName(column)} IS NOT NULL`, params: [] }),
    async unfit(collection, old, next) {
      if (old === undefined) return count({ text: from(collection), params: [] })
      const unfit = unfitSql(old, next)
      return unfit === null ? null : count({ text: `${from(collection)} WHERE ${unfit.text}`, params: unfit.params })
    },
  }
}

function unfitSql(old: Field, next: Field): { readonly text: string; readonly params: readonly SqlValue[] } | null {
  const column = quoteName(old.column)
  const { enum: values, minLength, maxLength, min, max } = next.validation
  const parts: (readonly [string, readonly SqlValue[]])[] = []
  if (old.nullable && !next.nullable) parts.push([`${column} IS NULL`, []])
  if (values !== undefined) parts.push([`${column} NOT IN (${values.map(() => '?').join(', ')})`, values])
  if (maxLength !== undefined) parts.push([`length(${column}) > ?`, [maxLength]])
  if (minLength !== undefined) parts.push([`length(${column}) < ?`, [minLength]])
  if (min !== undefined) parts.push([`${column} < ?`, [min]])
  if (max !== undefined) parts.push([`${column} > ?`, [max]])
  if (parts.length === 0 || old.type !== next.type) return null
  return { text: parts.map(([text]) => `(${text})`).join(' OR '), params: parts.flatMap(([, params]) => params) }
}
