import type { Command } from 'commander'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { print, printJson } from '../terminal'

export function schedulesDeleteCommand(): Command {
  return projectCommand('delete', 'delete a schedule that no manifest states', 'koyalite schedules delete tenant-42')
    .argument('<name>', 'its name, from `schedules list`')
    .option('--json', 'print {"name","deleted"}')
    .action(async (name: string, options: { dir?: string; json?: true }) => {
      await withProject(options.dir, (project) => adminOf(project).deleteSchedule({ params: { name } }))
      if (options.json === true) printJson({ name, deleted: true })
      else print(`Deleted ${name}.`)
    })
}
