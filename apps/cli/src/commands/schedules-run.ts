import type { Command } from 'commander'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { print, printJson } from '../terminal'

export function schedulesRunCommand(): Command {
  return projectCommand(
    'run',
    'run the function of a schedule now, also of one that is paused',
    'koyalite schedules run digest',
  )
    .argument('<name>', 'its name, from `schedules list`')
    .option('--json', 'print {"job"}')
    .action(async (name: string, options: { dir?: string; json?: true }) => {
      const { job } = await withProject(options.dir, (project) => adminOf(project).runSchedule({ params: { name } }))
      if (options.json === true) printJson({ job })
      else print(`Pushed job ${job}.`)
    })
}
