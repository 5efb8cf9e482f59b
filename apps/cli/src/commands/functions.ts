import type { Command } from 'commander'
import { commandGroup } from '../command-group'
import { functionsInvokeCommand } from './functions-invoke'
import { functionsListCommand } from './functions-list'
import { functionsLogsCommand } from './functions-logs'
import { functionsNewCommand } from './functions-new'
import { functionsPromoteCommand } from './functions-promote'
import { functionsRollbackCommand } from './functions-rollback'
import { functionsTestCommand } from './functions-test'
import { functionsVersionsCommand } from './functions-versions'

export function functionsCommand(): Command {
  return commandGroup('functions', 'write, call and follow functions: the code of the project', {
    commands: [
      functionsNewCommand(),
      functionsListCommand(),
      functionsInvokeCommand(),
      functionsTestCommand(),
      functionsLogsCommand(),
      functionsVersionsCommand(),
      functionsPromoteCommand(),
      functionsRollbackCommand(),
    ],
    example: 'koyalite functions new hello',
  })
}
