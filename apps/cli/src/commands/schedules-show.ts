import type { ListScheduleFiringsResponse } from '@koyalite/client/admin'
import type { Command } from 'commander'
import { printTable } from '../print-table'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, paint, print, printJson } from '../terminal'
import { localTime, stateOf } from './schedules-list'

type Firing = ListScheduleFiringsResponse['firings'][number]

const EXAMPLES = `koyalite schedules show digest
koyalite schedules show digest --json`

export function schedulesShowCommand(): Command {
  return projectCommand('show', 'show a schedule, its next times and what its last firings came to', EXAMPLES)
    .argument('<name>', 'its name, from `schedules list`')
    .option('--json', 'print {"schedule","next":[…],"firings":[…]}')
    .action(async (name: string, options: { dir?: string; json?: true }) => {
      const { schedule, next, firings } = await withProject(options.dir, async (project) => {
        const admin = adminOf(project)
        const params = { name }
        const [schedule, { next }, { firings }] = [
          await admin.getSchedule({ params }),
          await admin.nextScheduleFirings({ params, query: { count: '5' } }),
          await admin.listScheduleFirings({ params, query: { limit: 20 } }),
        ]
        return { schedule, next, firings }
      })
      if (options.json === true) return printJson({ schedule, next, firings })
      const { cron, timezone, overlap, missed, jitter, source } = schedule
      print(`${paint('bold', name)}  ${stateOf(schedule)}`)
      print(
        `runs ${schedule.function} at ${cron} (${timezone}), ${source === 'api' ? 'made by hand' : 'from its manifest'}`,
      )
      print(`overlap ${overlap}, missed ${missed}, jitter ${jitter}, payload ${JSON.stringify(schedule.payload)}`)
      if (schedule.paused === null) print(`next ${next.map((at) => localTime(at, timezone)).join(', ') || 'never'}`)
      if (firings.length === 0) return note('It has not fired yet.')
      print('')
      printTable(
        ['due', 'outcome', 'late', 'job', 'why'],
        firings.map((one) => [
          localTime(one.due_at, timezone),
          outcomeOf(one),
          one.cause === 'manual' ? '' : `${(one.late_ms / 1000).toFixed(1)} s`,
          one.job === null ? '' : `${one.job.id} ${one.job.state ?? ''}`.trim(),
          one.error ?? '',
        ]),
      )
    })
}

function outcomeOf({ outcome, cause, count }: Firing): string {
  if (outcome === 'missed') return count === 1 ? 'missed' : `${count} missed`
  return cause === 'due' ? outcome : `${outcome} (${cause})`
}
