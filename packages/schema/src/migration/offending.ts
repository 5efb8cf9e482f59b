import { quoteName } from '@koyalite/contracts'
import type { Collection } from '../model'
import { NAMED_OFFENDERS } from './migration-step'

interface Offending {
  /** The table, and the column of its key, as they are when this runs. */
  readonly table: string
  readonly primaryKey: Collection['primaryKey']
  /** SQL for what is shown of each. */
  readonly shows: readonly string[]
  readonly where: string
}

/** The text of a check: the first documents for which `where` is true, with how many there are in the last column. */
export function offending({ table, primaryKey, shows, where }: Offending): string {
  const key = quoteName(primaryKey.column)
  const columns = [key, ...shows, 'count(*) OVER ()'].join(', ')
  return `SELECT ${columns} FROM ${quoteName(table)} WHERE ${where} ORDER BY ${key} LIMIT ${NAMED_OFFENDERS}`
}
