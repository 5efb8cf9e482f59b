import type { ListFunctionsResponse } from '@koyalite/client/admin'
import type { Command } from 'commander'
import { printTable } from '../print-table'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, paint, print, printJson } from '../terminal'

type ListedFunction = ListFunctionsResponse['functions'][number]

const EXAMPLES = `koyalite functions list
koyalite functions list --json`

export function functionsListCommand(): Command {
  return projectCommand('list', 'list functions, who may call them, and what else is in their folder', EXAMPLES)
    .option('--json', 'print {"functions":[…],"others":[…]}')
    .action(async (options: { dir?: string; json?: true }) => {
      const { functions, others, isolation } = await withProject(options.dir, (project) =>
        adminOf(project).listFunctions(),
      )
      if (options.json === true) return printJson({ functions, others, isolation })
      if (functions.length === 0 && others.length === 0) {
        return note('There are no functions yet. Write one: koyalite functions new hello')
      }
      printTable(
        ['name', 'version', 'who may call it', 'runtime', 'isolation', 'state'],
        functions.map((one) => [
          one.name,
          versionOf(one),
          one.access ?? 'internal',
          one.runtime,
          one.isolation ?? '',
          stateOf(one),
        ]),
      )
      for (const { name, problems } of functions) {
        if (problems.length > 0) print(`\n${paint('red', name)}\n${problems.join('\n')}`)
      }
      const shown = others.filter(({ fault }) => fault)
      if (shown.length > 0) print('')
      for (const { file, reason } of shown) print(`${paint('yellow', file)} ${reason}`)
    })
}

function versionOf({ version, pinned, split }: ListedFunction): string {
  if (version === null) return ''
  const other = split === null ? '' : `, ${split.percent} % to ${split.version}`
  return `${version}${pinned ? ' (chosen)' : ''}${other}`
}

function stateOf({ version, problems, busy, instances }: ListedFunction): string {
  if (version === null) return 'cannot be served'
  if (problems.length > 0) return `serves version ${version}, not its file`
  if (instances === 0) return 'ready'
  return busy > 0 ? `${busy} running` : 'warm'
}
