import type { Command } from 'commander'
import { commandGroup } from '../command-group'
import { migrateApplyCommand } from './migrate-apply'
import { migrateCreateCommand } from './migrate-create'
import { migrateRollbackCommand } from './migrate-rollback'
import { migrateStatusCommand } from './migrate-status'

export function migrateCommand(): Command {
  return commandGroup('migrate', 'migrations, for schema changes that could lose or reject data', {
    commands: [migrateStatusCommand(), migrateApplyCommand(), migrateRollbackCommand(), migrateCreateCommand()],
    example: 'koyalite migrate create rename_title && koyalite migrate apply',
  })
}
