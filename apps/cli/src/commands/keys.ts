import type { Command } from 'commander'
import { commandGroup } from '../command-group'
import { keysCreateCommand } from './keys-create'
import { keysListCommand } from './keys-list'
import { keysRevokeCommand } from './keys-revoke'

export function keysCommand(): Command {
  return commandGroup('keys', 'manage service keys, for trusted server-side callers', {
    commands: [keysCreateCommand(), keysListCommand(), keysRevokeCommand()],
    example: 'koyalite keys create --name backend',
  })
}
