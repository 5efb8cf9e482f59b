import type { Command } from 'commander'
import { commandGroup } from '../command-group'
import { emailsCheckCommand } from './emails-check'
import { emailsListCommand } from './emails-list'
import { emailsPreviewCommand } from './emails-preview'

export function emailsCommand(): Command {
  return commandGroup('emails', 'see and check the templates of emails', {
    commands: [emailsListCommand(), emailsCheckCommand(), emailsPreviewCommand()],
    example: 'koyalite emails check',
  })
}
