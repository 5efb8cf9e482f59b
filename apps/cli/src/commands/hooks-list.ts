import type { ListHooksResponse } from '@koyalite/client/admin'
import type { Command } from 'commander'
import { printTable } from '../print-table'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, printJson } from '../terminal'

export function hooksListCommand(): Command {
  return projectCommand('list', 'list hooks, how their runs went, and which are off', 'koyalite hooks list --json')
    .option('--json', 'print {"enabled","files":[…],"hooks":[…]}')
    .action(async (options: { dir?: string; json?: true }) => {
      const listed = await withProject(options.dir, (project) => adminOf(project).listHooks())
      if (options.json === true) return printJson(listed)
      if (!listed.enabled) return note('Hooks are switched off, by hooks.enabled or --no-hooks: none run.')
      if (listed.hooks.length === 0) return note('There are no hooks. Write one: docs/hooks.md.')
      printTable(
        ['hook', 'file', 'runs', 'p95', 'slow', 'failed', 'state'],
        listed.hooks.map((hook) => [
          `${hook.collection}.${hook.hook}`,
          hook.file,
          String(hook.runs),
          hook.p95 === null ? '' : `${hook.p95.toFixed(2)} ms`,
          String(hook.slow),
          String(hook.failures),
          stateOf(hook),
        ]),
      )
    })
}

/** Why it is off, else what went wrong last. */
function stateOf({ off, last_error: error }: ListHooksResponse['hooks'][number]): string {
  if (off !== null) return `off: ${off}`
  return error === null ? 'on' : `on; ${error.message}`
}
