import { quoteName } from '@koyalite/contracts'
import { connect } from '../driver/connection'

/** What was removed from a file of another program, and what could not be. */
export interface RemovedObjects {
  readonly removed: readonly { readonly type: 'table' | 'view' | 'trigger' | 'index'; readonly name: string }[]
  /** Tables with a reference to one of the system: they cannot do without it, and would hold up what the server does. */
  readonly referring: readonly string[]
  /** Entries of the file's schema that SQLite would not have written so: what they are would only show when they run. */
  readonly forged: readonly string[]
}

/**
 * Removes from a copy of a foreign file objects with reserved names, and every trigger and view that refers to one: who made the file would otherwise be
 * an operator, or become one at the next write. Nobody else may have the file open.
 */
export function removeSystemObjects(path: string, key?: string): RemovedObjects {
  const connection = connect({ path, mode: 'write', key })
  try {
    connection.pragma('foreign_keys = OFF')
    const rows = connection
      .prepare(
        `SELECT type, name FROM sqlite_schema WHERE name LIKE '\\_koyalite\\_%' ESCAPE '\\' AND sql IS NOT NULL
         UNION SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view') AND sql LIKE '%\\_koyalite\\_%' ESCAPE '\\'`,
      )
      .raw(true)
      .all([]) as [RemovedObjects['removed'][number]['type'], string][]
    const removed = rows.map(([type, name]) => ({ type, name })).sort((a, b) => ORDER[a.type] - ORDER[b.type])
    connection.exec('BEGIN IMMEDIATE')
    // With its table goes what is on it.
    for (const { type, name } of removed) connection.exec(`DROP ${type.toUpperCase()} IF EXISTS ${quoteName(name)}`)
    connection.exec('COMMIT')
    const referring = connection
      .prepare(
        `SELECT DISTINCT t.name FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f
         WHERE t.type = 'table' AND f."table" LIKE '\\_koyalite\\_%' ESCAPE '\\' ORDER BY 1`,
      )
      .raw(true)
      .all([])
      .map(([name]) => String(name))
    // SQLite makes of an entry what its text says, whatever type it claims to be.
    const forged = connection
      .prepare(
        `SELECT name FROM sqlite_schema WHERE type NOT IN ('table', 'index', 'view', 'trigger')
         UNION SELECT name FROM sqlite_schema WHERE type IN ('trigger', 'view') AND sql LIKE '%\\_koyalite\\_%' ESCAPE '\\' ORDER BY 1`,
      )
      .raw(true)
      .all([])
      .map(([name]) => String(name))
    return { removed, referring, forged }
  } finally {
    connection.close()
  }
}

/** What runs at a write first, then what reads, then what is read. */
const ORDER = { trigger: 0, view: 1, index: 2, table: 3 } as const
