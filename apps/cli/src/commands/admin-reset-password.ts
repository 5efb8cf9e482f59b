import type { Command } from 'commander'
import { postProject, withProject } from '../project'
import { projectCommand } from '../project-command'
import { readPassword, withPasswordOptions } from '../read-password'
import { note, paintError, print, printJson } from '../terminal'

const EXAMPLES = `koyalite admin reset-password ann@example.com
printf %s "$PASSWORD" | koyalite admin reset-password ann@example.com --password-stdin`

export function adminResetPasswordCommand(): Command {
  return withPasswordOptions(
    projectCommand('reset-password', 'a new password for an operator; all their sessions end', EXAMPLES),
  )
    .argument('<email>', 'their address')
    .option('--json', 'print {"email","link"}')
    .action(async (email: string, options: { dir?: string; passwordStdin?: true; json?: true }) => {
      const password = await readPassword(options)
      const { link } = (await withProject(options.dir, (project) =>
        postProject(project, `/api/admin/operators/${encodeURIComponent(email)}/reset-password`, password),
      )) as { link: string | null }
      if (options.json === true) return printJson({ email, link })
      if (link === null) return print(`${email} has a new password.`)
      print(link)
      note(paintError('dim', `${email} chooses a new password there, within a day. The link is not shown again.`))
    })
}
