import type { Command } from 'commander'
import { commandGroup } from '../command-group'
import { dbBackupCommand } from './db-backup'
import { dbBackupsCommand } from './db-backups'
import { dbDumpCommand } from './db-dump'
import { dbImportCommand } from './db-import'
import { dbDecryptCommand, dbEncryptCommand, dbRekeyCommand } from './db-key'
import { dbResetCommand } from './db-reset'
import { dbRestoreCommand } from './db-restore'
import { dbSeedCommand } from './db-seed'

export function dbCommand(): Command {
  return commandGroup('db', 'seed, import, dump, back up, restore, encrypt', {
    commands: [
      dbSeedCommand(),
      dbImportCommand(),
      dbDumpCommand(),
      dbBackupCommand(),
      dbBackupsCommand(),
      dbRestoreCommand(),
      dbResetCommand(),
      dbEncryptCommand(),
      dbDecryptCommand(),
      dbRekeyCommand(),
    ],
    example: 'koyalite db import cities cities.csv',
  })
}
