import type { Command } from 'commander'
import { commandGroup } from '../command-group'
import { usersBlockCommand } from './users-block'
import { usersCreateCommand } from './users-create'
import { usersListCommand } from './users-list'
import { usersResetPasswordCommand } from './users-reset-password'

export function usersCommand(): Command {
  return commandGroup('users', 'manage the users of the project', {
    commands: [usersListCommand(), usersCreateCommand(), usersBlockCommand(), usersResetPasswordCommand()],
    example: 'koyalite users create ann@example.com --role moderator',
  })
}
