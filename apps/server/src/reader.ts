import { SQL_FUNCTIONS } from '@koyalite/query/sql-functions'
import { runReader } from '@koyalite/sqlite'

/** The main program of a reader process; ends with its parent. */
export async function runReaderProcess(): Promise<void> {
  await runReader({ functions: SQL_FUNCTIONS })
}
