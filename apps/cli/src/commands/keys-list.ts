import type { ListKeysResponse } from '@koyalite/client/admin'
import type { Command } from 'commander'
import { printTable } from '../print-table'
import { adminOf, type Project, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, printJson } from '../terminal'
import { formatScope } from './keys-create'

type ListedKey = ListKeysResponse['keys'][number]

export function keysListCommand(): Command {
  return projectCommand('list', 'list service keys, without their secrets', 'koyalite keys list --json')
    .option('--json', 'print {"keys":[…]}')
    .action(async (options: { dir?: string; json?: true }) => {
      const keys = await withProject(options.dir, allKeys)
      if (options.json === true) return printJson({ keys })
      if (keys.length === 0) return note('There are no service keys yet. Create one: koyalite keys create')
      printTable(
        ['id', 'name', 'scopes', 'created', 'last used', 'state'],
        keys.map((key) => [
          key.id,
          key.name ?? '',
          key.scopes.map(formatScope).join(' '),
          key.created_at.slice(0, 10),
          key.last_used_at === null ? 'never seen' : `${key.last_used_at.slice(0, 16).replace('T', ' ')} UTC`,
          key.revoked_at === null ? 'active' : `revoked ${key.revoked_at.slice(0, 10)}`,
        ]),
      )
    })
}

async function allKeys(project: Project): Promise<readonly ListedKey[]> {
  const keys: ListedKey[] = []
  let cursor: string | null | undefined
  while (cursor !== null) {
    const page: ListKeysResponse = await adminOf(project).listKeys({ query: { limit: 500, cursor } })
    keys.push(...page.keys)
    cursor = page.next_cursor
  }
  return keys
}
