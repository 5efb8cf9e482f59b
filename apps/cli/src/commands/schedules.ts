import type { Command } from 'commander'
import { commandGroup } from '../command-group'
import { schedulesCreateCommand } from './schedules-create'
import { schedulesDeleteCommand } from './schedules-delete'
import { schedulesListCommand } from './schedules-list'
import { schedulesPauseCommand, schedulesResumeCommand } from './schedules-pause'
import { schedulesRunCommand } from './schedules-run'
import { schedulesShowCommand } from './schedules-show'

export function schedulesCommand(): Command {
  return commandGroup('schedules', 'functions that run by themselves: when, and what came of it', {
    commands: [
      schedulesListCommand(),
      schedulesShowCommand(),
      schedulesCreateCommand(),
      schedulesPauseCommand(),
      schedulesResumeCommand(),
      schedulesRunCommand(),
      schedulesDeleteCommand(),
    ],
    example: 'koyalite schedules list',
  })
}
