import type { Command } from 'commander'
import { commandGroup } from '../command-group'
import { rulesExplainCommand } from './rules-explain'
import { rulesTestCommand } from './rules-test'

export function rulesCommand(): Command {
  return commandGroup('rules', 'test rules, and explain their decisions', {
    commands: [rulesTestCommand(), rulesExplainCommand()],
    example: 'koyalite rules explain posts update --as user:ann@example.com --id 42',
  })
}
