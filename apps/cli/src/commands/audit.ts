import type { Command } from 'commander'
import { commandGroup } from '../command-group'
import { auditVerifyCommand } from './audit-verify'

export function auditCommand(): Command {
  return commandGroup('audit', 'the log of what operators, users and service keys did', {
    commands: [auditVerifyCommand()],
    example: 'koyalite audit verify',
  })
}
