import type { Command } from 'commander'
import { jsonObjectOption } from '../json-option'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { readPassword, withPasswordOptions } from '../read-password'
import { note, paintError, print, printJson } from '../terminal'

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
    projectCommand('create', 'create a user; without a password, use reset-password to send a link', EXAMPLES),
  )
    .argument('<email>', 'email address')
    .option('--role <role>', 'the role (default: user)')
    .option('--verified', 'mark the email address as verified')
    .option('--data <json>', 'more fields of the user, as JSON')
    .option('--json', 'print the user as JSON')
    .action(async (email: string, options: Options) => {
      const fields = {
        ...parseFields(options.data),
        email,
        ...(options.role !== undefined && { role: options.role }),
        ...(options.verified === true && { verified: true }),
        ...(await readPassword(options)),
      }
      const user = await withProject(options.dir, (project) => adminOf(project).createUser({ body: fields }))
      if (options.json === true) return printJson(user)
      print(`Created user ${user.email} (${user.role}), id ${user.id}.`)
      if (!user.account.has_password)
        note(paintError('dim', `No password set yet. Send a link: koyalite users reset-password ${email}`))
    })
}

function parseFields(text: string | undefined): object {
  return text === undefined ? {} : jsonObjectOption('--data', text)
}
