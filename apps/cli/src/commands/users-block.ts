import type { Command } from 'commander'
import { callProject, withProject } from '../project'
import { projectCommand } from '../project-command'
import { print, printJson } from '../terminal'
import type { ListedUser } from './users-list'

const EXAMPLES = `koyalite users block ann@example.com
koyalite users block ann@example.com --undo`

export function usersBlockCommand(): Command {
  return projectCommand('block', 'keep a user out: all their sessions end at once', EXAMPLES)
    .argument('<user>', 'their address or id')
    .option('--undo', 'let them in again')
    .option('--json', 'print the user')
    .action(async (user: string, options: { dir?: string; undo?: true; json?: true }) => {
      const action = options.undo === true ? 'unblock' : 'block'
      const blocked = (await withProject(options.dir, (project) =>
        callProject(project, `/api/admin/users/${encodeURIComponent(user)}/${action}`, { method: 'POST' }),
      )) as ListedUser
      if (options.json === true) return printJson(blocked)
      print(options.undo === true ? `${blocked.email} may sign in again.` : `${blocked.email} is kept out.`)
    })
}
