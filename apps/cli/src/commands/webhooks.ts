import type { Command } from 'commander'
import { commandGroup } from '../command-group'
import { webhooksCreateCommand } from './webhooks-create'
import { webhooksDeliveriesCommand } from './webhooks-deliveries'
import { webhooksDisableCommand, webhooksEnableCommand } from './webhooks-enable'
import { webhooksListCommand } from './webhooks-list'
import { webhooksReplayCommand } from './webhooks-replay'
import { webhooksRotateCommand } from './webhooks-rotate'
import { webhooksTestCommand } from './webhooks-test'

export function webhooksCommand(): Command {
  return commandGroup('webhooks', 'send events to other services', {
    commands: [
      webhooksCreateCommand(),
      webhooksListCommand(),
      webhooksTestCommand(),
      webhooksDeliveriesCommand(),
      webhooksReplayCommand(),
      webhooksRotateCommand(),
      webhooksEnableCommand(),
      webhooksDisableCommand(),
    ],
    example: "koyalite webhooks create crm --url https://crm.example.com/hooks --event 'posts.*'",
  })
}
