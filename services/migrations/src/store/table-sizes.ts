import type { Database } from '@koyalite/sqlite'

/** Larger files take longer to go through than anybody waits. */
const TIMEOUT_MS = 10_000

/** Bytes of each table and index, by name; null where counting them takes too long. */
export async function tableSizes(database: Database): Promise<ReadonlyMap<string, number> | null> {
  const text = 'SELECT "name", "pgsize" FROM dbstat WHERE "aggregate" = TRUE'
  try {
    const { rows } = await database.query({ text, params: [] }, { timeoutMs: TIMEOUT_MS })
    return new Map(rows.map(([name, bytes]) => [String(name), Number(bytes)]))
  } catch {
    // The sizes are left out; everything else can be said.
    return null
  }
}
