import type { Command } from 'commander'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { readPassword, withPasswordOptions } from '../read-password'
import { note, paintError, print, printJson } from '../terminal'

const EXAMPLES = `koyalite admin reset-password ann@example.com
printf %s "$PASSWORD" | koyalite admin reset-password ann@example.com --password-stdin`

export function adminResetPasswordCommand(): Command {
  return withPasswordOptions(
    projectCommand('reset-password', 'reset the password of an operator and end all their sessions', EXAMPLES),
  )
    .argument('<email>', 'email address')
    .option('--json', 'print {"email","link"}')
    .action(async (email: string, options: { dir?: string; passwordStdin?: true; json?: true }) => {
      const password = await readPassword(options)
      const { link } = await withProject(options.dir, (project) =>
        adminOf(project).resetOperatorPassword({ params: { id: email }, body: password }),
      )
      if (options.json === true) return printJson({ email, link })
      if (link === null) return print(`The password of ${email} was changed.`)
      print(link)
      note(
        paintError('dim', `${email} sets a new password there. The link expires in 24 hours and is not shown again.`),
      )
    })
}
