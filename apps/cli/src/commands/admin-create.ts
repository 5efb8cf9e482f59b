import { OPERATOR_ROLES, type OperatorRole } from '@koyalite/contracts'
import { type Command, Option } from 'commander'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { readPassword, withPasswordOptions } from '../read-password'
import { note, paintError, print, printJson } from '../terminal'

const EXAMPLES = `koyalite admin create ann@example.com
koyalite admin create ben@example.com --role viewer --json
printf %s "$PASSWORD" | koyalite admin create ann@example.com --password-stdin`

interface Options {
  readonly dir?: string
  readonly role: OperatorRole
  readonly passwordStdin?: true
  readonly json?: true
}

export function adminCreateCommand(): Command {
  return withPasswordOptions(
    projectCommand('create', 'create an operator and print a link to set the password', EXAMPLES),
  )
    .argument('<email>', 'email address')
    .addOption(new Option('--role <role>', 'their role').choices(OPERATOR_ROLES).default('owner'))
    .option('--json', 'print {"id","email","role","link"}')
    .action(async (email: string, options: Options) => {
      const password = await readPassword(options)
      const created = await withProject(options.dir, (project) =>
        adminOf(project).createOperator({ body: { email, role: options.role, ...password } }),
      )
      const { id, role, link } = created
      if (options.json === true) return printJson({ id, email: created.email, role, link })
      if (link === null) return print(`${created.email} is now an operator (${role}).`)
      print(link)
      note(
        paintError(
          'dim',
          `${created.email} (${role}) sets a password there. The link expires in 24 hours and is not shown again.`,
        ),
      )
    })
}
