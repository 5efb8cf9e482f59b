import { AppError, quoteName } from '@koyalite/contracts'
import type { Collection } from '@koyalite/schema'
import type { DataContext } from '../data-context'

/** Milliseconds that the count of a collection may take, waiting for those before it included. A million documents take 0.04 s. */
const PATIENCE = 2000

/**
 * How many documents each collection has, by name, without those for which that takes too long. Counted where it can be killed, and once until something
 * changes.
 * @param signal aborted when nobody waits for it any more
 */
export async function countDocuments(
  { database }: Pick<DataContext, 'database'>,
  collections: readonly Collection[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const counted = await Promise.all(
    collections.map(async ({ name, table }): Promise<readonly [string, number] | null> => {
      const statement = { text: `SELECT count(*) FROM ${quoteName(table)}`, params: [], cacheable: true } as const
      try {
        const [result] = await database.readTogether([statement], { timeoutMs: PATIENCE, signal })
        return [name, Number(result?.rows[0]?.[0])]
      } catch (error) {
        if (error instanceof AppError && error.code === 'QUERY_TIMEOUT') return null
        throw error
      }
    }),
  )
  return new Map(counted.filter((one) => one !== null))
}
