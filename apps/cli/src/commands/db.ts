import type { Command } from 'commander'
import { commandGroup } from '../command-group'
import { dbImportCommand } from './db-import'
import { dbSeedCommand } from './db-seed'

export function dbCommand(): Command {
  return commandGroup('db', 'seed and import documents', {
    commands: [dbSeedCommand(), dbImportCommand()],
    example: 'koyalite db import cities cities.csv',
  })
}
