import type { Command } from 'commander'
import { commandGroup } from '../command-group'
import { mailListCommand } from './mail-list'
import { mailResendCommand, mailShowCommand } from './mail-show'
import { mailSuppressionsCommand } from './mail-suppressions'

export function mailCommand(): Command {
  return commandGroup('mail', 'see the emails that were sent and those that were not', {
    commands: [mailListCommand(), mailShowCommand(), mailResendCommand(), mailSuppressionsCommand()],
    example: 'koyalite mail list --state failed',
  })
}
