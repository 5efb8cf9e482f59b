import { AppError, type Denial, type Row, type Sql, type SqlValue } from '@koyalite/contracts'
import type { Collection } from '@koyalite/schema'
import { verifyAbsent } from '@koyalite/sqlite'

/** @param denial why it does not exist for the caller, should it exist: by default they may not read it */
export function notFound(
  collection: Collection,
  id: string,
  denial: Denial | undefined = { collection: collection.name, operation: 'read', id, data: null },
): AppError {
  return new AppError('NOT_FOUND', `There is no document '${id}' in '${collection.name}'.`, { denial })
}

/**
 * Verifies that a document that was not found by its key does not exist, so that a damaged file is never reported as a
 * missing document. It takes as long for one that exists. Throws UNAVAILABLE where the table or its index is damaged.
 * @param source what the lookup was made in
 */
export function verifyNotThere(
  source: { all(sql: Sql): Row[] },
  { table, primaryKey }: Collection,
  key: SqlValue,
): void {
  verifyAbsent((sql) => source.all(sql), { table, column: primaryKey.column, key })
}
