import type { GrantedScope } from '@koyalite/contracts'
import type { Command } from 'commander'
import { printTable } from '../print-table'
import { callProject, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, printJson } from '../terminal'
import { formatScope } from './keys-create'

interface ListedKey {
  readonly id: string
  readonly name: string | null
  readonly scopes: readonly GrantedScope[]
  readonly created_at: string
  readonly revoked_at: string | null
}

export function keysListCommand(): Command {
  return projectCommand('list', 'list service keys, without their secrets', 'koyalite keys list --json')
    .option('--json', 'print {"keys":[…]}')
    .action(async (options: { dir?: string; json?: true }) => {
      const answer = (await withProject(options.dir, (project) => callProject(project, '/api/admin/keys'))) as {
        keys: readonly ListedKey[]
      }
      if (options.json === true) return printJson(answer)
      if (answer.keys.length === 0) return note('There are no service keys yet. Create one: koyalite keys create')
      printTable(
        ['id', 'name', 'scopes', 'created', 'state'],
        answer.keys.map((key) => [
          key.id,
          key.name ?? '',
          key.scopes.map(formatScope).join(' '),
          key.created_at.slice(0, 10),
          key.revoked_at === null ? 'active' : `revoked ${key.revoked_at.slice(0, 10)}`,
        ]),
      )
    })
}
