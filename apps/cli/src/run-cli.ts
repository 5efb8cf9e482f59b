import { Command, type CommanderError } from 'commander'
import { commandGroup } from './command-group'
import { dbImportCommand } from './commands/db-import'
import { dbSeedCommand } from './commands/db-seed'
import { devCommand } from './commands/dev'
import { initCommand } from './commands/init'
import { keysCreateCommand } from './commands/keys-create'
import { keysListCommand } from './commands/keys-list'
import { keysRevokeCommand } from './commands/keys-revoke'
import { migrateApplyCommand } from './commands/migrate-apply'
import { migrateCreateCommand } from './commands/migrate-create'
import { migrateRollbackCommand } from './commands/migrate-rollback'
import { migrateStatusCommand } from './commands/migrate-status'
import { startCommand } from './commands/start'
import { withExample } from './project-command'
import { reportError } from './report-error'
import { VERSION } from './version'

/** Runs one command to its end; gives the exit code: 0, 1 for a failure, 2 for a wrong call. */
export async function runCli(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    return reportError(error)
  }
}

/** The table of contents. */
function program(): Command {
  const koyalite = new Command('koyalite')
    .description('A backend in one file: schema.yaml becomes a typed, secured, durable API on SQLite.')
    .version(VERSION, '--version', 'print the version')
    .addCommand(initCommand())
    .addCommand(devCommand())
    .addCommand(startCommand())
    .addCommand(
      commandGroup('db', 'seed and import documents', {
        commands: [dbSeedCommand(), dbImportCommand()],
        example: 'koyalite db import cities cities.csv',
      }),
    )
    .addCommand(
      commandGroup('migrate', 'changes of the schema that could lose or refuse data', {
        commands: [migrateStatusCommand(), migrateApplyCommand(), migrateRollbackCommand(), migrateCreateCommand()],
        example: 'koyalite migrate create rename_title && koyalite migrate apply',
      }),
    )
    .addCommand(
      commandGroup('keys', 'service keys, for callers on the server side', {
        commands: [keysCreateCommand(), keysListCommand(), keysRevokeCommand()],
        example: 'koyalite keys create --name backend',
      }),
    )
  withExample(koyalite, 'koyalite init blog && cd blog && koyalite dev')
  return throwing(koyalite)
}

/** Errors are thrown instead of ending the process, for every command: settings are not inherited by commands that are added. */
function throwing(command: Command): Command {
  command.exitOverride((error: CommanderError) => {
    throw error
  })
  for (const child of command.commands) throwing(child)
  return command
}
