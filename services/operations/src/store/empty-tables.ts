import { AppError, quoteName, type Tx } from '@koyalite/contracts'
import { sql, valueList } from '@koyalite/query/sql'

/**
 * What a reset leaves: the structure and its history, the change log's own tables, who may administer the server and what they did. Everything
 * else that begins with `_koyalite_` belongs to documents and users, and goes with them.
 */
const KEPT = new Set(
  [
    'meta',
    'changes',
    'cursors',
    'schema',
    'tables',
    'columns',
    'rls_policies',
    'functions',
    'migrations',
    'versions',
    'keys',
    'commands',
    'operators',
    'audit',
    'audit_anchor',
  ].map((name) => `_koyalite_${name}`),
)

/** Removes all rows of all other tables, without a change in the log for each; returns the number of documents removed. To be called in a migration. */
export function emptyTables(tx: Tx, documentTables: readonly string[]): number {
  const triggers = tx.all({ text: `SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'`, params: [] })
  // The tables behind a virtual one ('shadow') are emptied through it.
  const tables = tx
    .all({
      text: `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')`,
      params: [],
    })
    .map(([name]) => String(name))
    .filter((name) => !KEPT.has(name) && !name.startsWith('sqlite_'))
  let documents = 0
  for (const table of documentTables) {
    if (!tables.includes(table)) continue
    const [count] = tx.get({ text: `SELECT count(*) FROM ${quoteName(table)}`, params: [] }) ?? []
    documents += Number(count)
  }
  for (const [name] of triggers) tx.exec(`DROP TRIGGER ${quoteName(String(name))}`)
  for (const table of tables) tx.exec(`DELETE FROM ${quoteName(table)}`)
  for (const [, definition] of triggers) tx.exec(String(definition))
  if (tx.get({ text: `SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'`, params: [] })) {
    tx.run(sql`DELETE FROM sqlite_sequence WHERE name NOT IN (${valueList([...KEPT])})`)
  }
  // Consumers of the change log were not notified: they must start over.
  tx.run({ text: `UPDATE _koyalite_cursors SET state = 'broken'`, params: [] })
  for (const table of tables) {
    if (tx.get({ text: `SELECT 1 FROM ${quoteName(table)} LIMIT 1`, params: [] })) {
      throw new AppError('UNAVAILABLE', `${table} could not be emptied; nothing was changed.`)
    }
  }
  return documents
}
