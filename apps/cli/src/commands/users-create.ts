import type { Command } from 'commander'
import { jsonObjectOption } from '../json-object-option'
import { postProject, withProject } from '../project'
import { projectCommand } from '../project-command'
import { readPassword, withPasswordOptions } from '../read-password'
import { note, paintError, print, printJson } from '../terminal'
import type { ListedUser } from './users-list'

const EXAMPLES = `koyalite users create ann@example.com
koyalite users create mod@example.com --role moderator --verified --data '{"name":"Mo"}'
printf %s "$PASSWORD" | koyalite users create ann@example.com --password-stdin --json`

interface Options {
  readonly dir?: string
  readonly role?: string
  readonly verified?: true
  readonly data?: string
  readonly passwordStdin?: true
  readonly json?: true
}

export function usersCreateCommand(): Command {
  return withPasswordOptions(
    projectCommand('create', 'make a user; without a password they choose one by reset-password', EXAMPLES),
  )
    .argument('<email>', 'their address')
    .option('--role <role>', 'their role (default: user)')
    .option('--verified', 'the address is known to be theirs')
    .option('--data <json>', 'more fields of users')
    .option('--json', 'print the user')
    .action(async (email: string, options: Options) => {
      const fields = {
        ...parseFields(options.data),
        email,
        ...(options.role !== undefined && { role: options.role }),
        ...(options.verified === true && { verified: true }),
        ...(await readPassword(options)),
      }
      const user = (await withProject(options.dir, (project) =>
        postProject(project, '/api/admin/users', fields),
      )) as ListedUser
      if (options.json === true) return printJson(user)
      print(`${user.email} is a user now (${user.role}), id ${user.id}.`)
      if (!user.account.has_password)
        note(paintError('dim', `They have no password yet: koyalite users reset-password ${email}`))
    })
}

function parseFields(text: string | undefined): object {
  return text === undefined ? {} : jsonObjectOption('--data', text)
}
