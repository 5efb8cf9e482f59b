import type { Command } from 'commander'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { print, printJson } from '../terminal'

export function usersResetPasswordCommand(): Command {
  return projectCommand(
    'reset-password',
    'send a user an email with a link to set a new password',
    'koyalite users reset-password ann@example.com',
  )
    .argument('<user>', 'email address or id')
    .option('--json', 'print {"user","sent"}')
    .action(async (user: string, options: { dir?: string; json?: true }) => {
      await withProject(options.dir, (project) => adminOf(project).resetUserPassword({ params: { id: user } }))
      if (options.json === true) printJson({ user, sent: true })
      else print(`An email to ${user} was queued.`)
    })
}
