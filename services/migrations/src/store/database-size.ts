import type { Database } from '@koyalite/sqlite'

/** Bytes. */
export function databaseSize(database: Pick<Database, 'get'>): number {
  const text = 'SELECT page_count * page_size FROM pragma_page_count, pragma_page_size'
  return Number(database.get({ text, params: [] })?.[0] ?? 0)
}
