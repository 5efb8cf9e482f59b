import type { ListUsersResponse } from '@koyalite/client/admin'
import { type Command, Option } from 'commander'
import { printTable } from '../print-table'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { repeatableOption } from '../repeatable-option'
import { note, printJson } from '../terminal'

const EXAMPLES = `koyalite users list
koyalite users list --filter role:eq:moderator --json`

type ListedUser = ListUsersResponse['users'][number]

interface Options {
  readonly dir?: string
  readonly filter: readonly string[]
  readonly limit: string
  readonly json?: true
}

export function usersListCommand(): Command {
  return projectCommand('list', 'list users', EXAMPLES)
    .addOption(repeatableOption('--filter <filter>', 'filter as in the API: field:op:value, or JSON', 'all users'))
    .addOption(new Option('--limit <count>', 'maximum number of users, newest first').default('50', '50'))
    .option('--json', 'print {"users":[…],"next_cursor"}')
    .action(async (options: Options) => {
      const { filter, limit } = options
      const page = await withProject(options.dir, (project) =>
        adminOf(project).listUsers({ query: { sort: '-created_at', limit: Number(limit), filter } }),
      )
      if (options.json === true) return printJson(page)
      if (page.users.length === 0) return note('No users found. Create one: koyalite users create ann@example.com')
      printTable(
        ['id', 'email', 'role', 'verified', 'created', 'account'],
        page.users.map((user) => [
          user.id,
          user.email,
          user.role,
          user.verified ? 'yes' : 'no',
          user.created_at?.slice(0, 10) ?? '',
          accountInWords(user),
        ]),
      )
      if (page.next_cursor !== null) note('There are more users: raise --limit, or narrow the list with --filter.')
    })
}

function accountInWords({ account }: ListedUser): string {
  if (account.blocked_at !== null) return `blocked ${account.blocked_at.slice(0, 10)}`
  return `${account.has_password ? 'password' : 'no password'}${account.mfa ? ', second factor' : ''}`
}
