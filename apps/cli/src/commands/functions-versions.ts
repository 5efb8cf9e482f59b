import type { Command } from 'commander'
import { printTable } from '../print-table'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { printJson } from '../terminal'

const EXAMPLE = 'koyalite functions versions hello'

export function functionsVersionsCommand(): Command {
  return projectCommand('versions', 'list the versions of a function that are kept', EXAMPLE)
    .argument('<name>', 'a function')
    .option('--json', 'print {"versions":[…]}')
    .action(async (name: string, options: { dir?: string; json?: true }) => {
      const { versions } = await withProject(options.dir, (project) =>
        adminOf(project).getFunction({ params: { name } }),
      )
      if (options.json === true) return printJson({ versions })
      printTable(
        ['version', 'made', ''],
        versions.map(({ version, created_at, serves, percent }) => [
          String(version),
          `${created_at.slice(0, 16).replace('T', ' ')} UTC`,
          [...(serves ? ['serves'] : []), ...(percent > 0 && percent < 100 ? [`${percent} % of the calls`] : [])].join(
            ', ',
          ),
        ]),
      )
    })
}
