import { fileURLToPath } from 'node:url'
import { recordEvent } from '@koyalite/audit'
import { recordAction } from '@koyalite/data'
import { SQL_FUNCTIONS } from '@koyalite/query'
import { runSqlProcess } from '@koyalite/sql'
import { ownCommand } from './reader-command'

/** The first argument by which the executable knows that it runs statements of the SQL console. */
const SQL_ARGUMENT = '__sql'

/** Starts a process for statements that people write: from a clone its own file, else the executable itself. */
export function sqlCommand(): readonly string[] {
  return ownCommand(fileURLToPath(new URL('./sql-main.ts', import.meta.url)), SQL_ARGUMENT)
}

/** The main program of such a process; ends with its parent. */
export function runSqlStatements(): void {
  runSqlProcess({
    functions: SQL_FUNCTIONS,
    record: {
      audit: (tx, event) => recordEvent(tx, event, Date.now()),
      action(tx, { operator, route, at, epoch }, { schema: { collections }, since }) {
        const models = {
          get(name: string) {
            const collection = collections.get(name)
            return collection && { collection }
          },
        }
        return recordAction({ database: { feed: { epoch } }, models }, tx, { origin: { operator, route }, at, since })
      },
    },
  })
}
