import type { Command } from 'commander'
import { confirm } from '../migrate/confirm'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, print, printJson } from '../terminal'

interface Options {
  readonly dir?: string
  readonly yes?: true
  readonly json?: true
}

export function jobsReleaseCommand(): Command {
  return projectCommand(
    'release',
    'let jobs run that waited when this project was copied or restored',
    'koyalite jobs release --copied',
  )
    .requiredOption('--copied', 'those that are held because this is a copy: the original may have run them already')
    .option('--yes', 'skip the confirmation')
    .option('--json', 'print {"released"}')
    .action(async ({ dir, yes, json }: Options) => {
      const released = await withProject(dir, async (project) => {
        const { held } = await adminOf(project).listJobQueues()
        if (held === 0) return 0
        await confirm(`Run ${countText(held)} that may have run in the original already?`, { yes: yes === true })
        return (await adminOf(project).releaseJobs()).released
      })
      if (json === true) return printJson({ released })
      if (released === 0) note('No job is held.')
      else print(`Released ${countText(released)}.`)
    })
}

function countText(count: number): string {
  return count === 1 ? '1 job' : `${count} jobs`
}
