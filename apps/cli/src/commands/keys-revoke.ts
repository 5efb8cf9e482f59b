import type { Command } from 'commander'
import { CommandError } from '../command-error'
import { ApiError, adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { print, printJson } from '../terminal'

export function keysRevokeCommand(): Command {
  return projectCommand(
    'revoke',
    'revoke a service key immediately',
    'koyalite keys revoke 0197a3d4-5b6c-7d8e-9f00-112233445566',
  )
    .argument('<id>', 'the id of the key, from `keys list`')
    .option('--json', 'print {"id","revoked"}')
    .action(async (id: string, options: { dir?: string; json?: true }) => {
      await withProject(options.dir, (project) => revoke(() => adminOf(project).revokeKey({ params: { id } })))
      if (options.json === true) printJson({ id, revoked: true })
      else print(`Revoked ${id}.`)
    })
}

async function revoke(request: () => Promise<unknown>): Promise<void> {
  try {
    await request()
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error
    throw new CommandError(error.message, { advice: 'Run koyalite keys list to see all keys.', cause: error })
  }
}
