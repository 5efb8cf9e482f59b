import type { Command } from 'commander'
import { commandGroup } from '../command-group'
import { adminCreateCommand } from './admin-create'
import { adminResetPasswordCommand } from './admin-reset-password'

export function adminCommand(): Command {
  return commandGroup('admin', 'manage operators, the people who run the server', {
    commands: [adminCreateCommand(), adminResetPasswordCommand()],
    example: 'koyalite admin create ann@example.com',
  })
}
