import { quoteName, quoteText } from '@koyalite/contracts'
import type { Collection, Schema } from '@koyalite/schema'
import type { SqlConsole } from '@koyalite/sqlite'

/**
 * Before any statement: a collection with internal fields is a view without them, so that `SELECT *` works. That a statement reaches the table
 * itself is prevented by the check of its program.
 */
export function hideInternalFields(console: SqlConsole, { collections }: Schema): void {
  const hiding = [...collections.values()].filter(({ fields }) => [...fields.values()].some(({ internal }) => internal))
  if (hiding.length === 0) return
  console.exec('PRAGMA query_only = OFF')
  for (const { table, fields } of hiding) {
    const columns = [...fields.values()].filter(({ internal }) => !internal).map(({ column }) => quoteName(column))
    console.exec(`CREATE TEMP VIEW ${quoteName(table)} AS SELECT ${columns.join(', ')} FROM main.${quoteName(table)}`)
  }
  console.exec('PRAGMA query_only = ON')
}

/** Until the connection is closed: users have accounts, sessions and factors elsewhere, and what raises them is the server's to write. */
export function protectUsers(console: SqlConsole, users: Collection | undefined, names: readonly string[]): void {
  if (users === undefined) return
  const columns = names.flatMap((name) => users.fields.get(name)?.column ?? [])
  const table = `main.${quoteName(users.table)}`
  const abort = (message: string) => `BEGIN SELECT RAISE(ABORT, ${quoteText(message)}); END`
  const own =
    'Users are created and deleted on the page of users, or by /api/admin/users: they have accounts and sessions.'
  console.exec(`CREATE TEMP TRIGGER koyalite_no_new_users BEFORE INSERT ON ${table} ${abort(own)}`)
  console.exec(`CREATE TEMP TRIGGER koyalite_no_lost_users BEFORE DELETE ON ${table} ${abort(own)}`)
  if (columns.length === 0) return
  const fixed = `${names.join(', ')} of a user are changed on the page of users, or by /api/admin/users.`
  const list = columns.map(quoteName).join(', ')
  console.exec(`CREATE TEMP TRIGGER koyalite_fixed_users BEFORE UPDATE OF ${list} ON ${table} ${abort(fixed)}`)
}

export function begin(console: SqlConsole): void {
  console.exec('BEGIN IMMEDIATE')
}

export function end(console: SqlConsole, how: 'commit' | 'roll_back'): void {
  console.exec(how === 'commit' ? 'COMMIT' : 'ROLLBACK')
}

/** Each statement sees the same state. */
export function beginReading(console: SqlConsole): void {
  console.exec('BEGIN')
}
