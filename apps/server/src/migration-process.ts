import { fileURLToPath } from 'node:url'
import { createAudit } from '@koyalite/audit'
import { auditedActor } from '@koyalite/contracts'
import { runMigrationProcess } from '@koyalite/migrations'
import { SQL_FUNCTIONS } from '@koyalite/query'
import { diagnoseSchemaText, readSchemaText } from './project-migrations'
import { ownCommand } from './reader-command'

/** The first argument by which the executable knows that it is a migration process. */
const MIGRATION_ARGUMENT = '__migrate'

/** Starts a process that changes the schema: from a clone its own file, else the executable itself. */
export function migrationCommand(): string[] {
  return ownCommand(fileURLToPath(new URL('./migration-main.ts', import.meta.url)), MIGRATION_ARGUMENT)
}

/** The main program of a migration process; ends with its parent. */
export function runMigration(): void {
  runMigrationProcess({
    functions: SQL_FUNCTIONS,
    text: { parse: readSchemaText, diagnose: diagnoseSchemaText },
    record: (database, tx, by, { event, ...details }) =>
      createAudit({ database }).record(tx, { event, outcome: 'success', ...auditedActor(by), details }),
  })
}
