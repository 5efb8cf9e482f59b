import type { Reads } from '@koyalite/contracts'

/** Of the file, without its WAL. */
export function databaseBytes(reads: Pick<Reads, 'get'>): number {
  const text = 'SELECT c.page_count * s.page_size FROM pragma_page_count c, pragma_page_size s'
  return Number(reads.get({ text, params: [] })?.[0] ?? 0)
}
