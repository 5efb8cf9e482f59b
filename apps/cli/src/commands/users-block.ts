import type { Command } from 'commander'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { print, printJson } from '../terminal'

const EXAMPLES = `koyalite users block ann@example.com
koyalite users block ann@example.com --undo`

export function usersBlockCommand(): Command {
  return projectCommand('block', 'block a user and end all their sessions immediately', EXAMPLES)
    .argument('<user>', 'email address or id')
    .option('--undo', 'unblock the user')
    .option('--json', 'print the user as JSON')
    .action(async (user: string, options: { dir?: string; undo?: true; json?: true }) => {
      const input = { params: { id: user } }
      const blocked = await withProject(options.dir, (project) =>
        options.undo === true ? adminOf(project).unblockUser(input) : adminOf(project).blockUser(input),
      )
      if (options.json === true) return printJson(blocked)
      print(options.undo === true ? `${blocked.email} is no longer blocked.` : `${blocked.email} is blocked.`)
    })
}
