import type { AdminClient } from '@koyalite/client/admin'
import type { Command } from 'commander'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { print, printJson } from '../terminal'
import { type ListedSchedule, localTime } from './schedules-list'

export function schedulesPauseCommand(): Command {
  return stateCommand('pause', 'fire nothing until it is resumed; jobs that wait or run go on', {
    change: (admin, name) => admin.pauseSchedule({ params: { name } }),
    text: ({ name }) => `${name} is paused.`,
  })
}

export function schedulesResumeCommand(): Command {
  return stateCommand('resume', 'fire again; what was due meanwhile was missed', {
    change: (admin, name) => admin.resumeSchedule({ params: { name } }),
    text: ({ name, next_at, timezone }) =>
      next_at === null
        ? `${name} is resumed.`
        : `${name} is resumed; it was or is due at ${localTime(next_at, timezone)}.`,
  })
}

function stateCommand(
  verb: string,
  description: string,
  {
    change,
    text,
  }: {
    readonly change: (admin: AdminClient, name: string) => Promise<ListedSchedule>
    readonly text: (schedule: ListedSchedule) => string
  },
): Command {
  return projectCommand(verb, description, `koyalite schedules ${verb} digest`)
    .argument('<name>', 'its name, from `schedules list`')
    .option('--json', 'print the schedule as JSON')
    .action(async (name: string, options: { dir?: string; json?: true }) => {
      const changed = await withProject(options.dir, (project) => change(adminOf(project), name))
      if (options.json === true) printJson(changed)
      else print(text(changed))
    })
}
