import type { Command } from 'commander'
import { commandGroup } from '../command-group'
import { hooksListCommand } from './hooks-list'

export function hooksCommand(): Command {
  return commandGroup('hooks', 'code of the project inside of writes: what is in hooks/', {
    commands: [hooksListCommand()],
    example: 'koyalite hooks list',
  })
}
