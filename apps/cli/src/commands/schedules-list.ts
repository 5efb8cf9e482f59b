import type { ListSchedulesResponse } from '@koyalite/client/admin'
import type { Command } from 'commander'
import { printTable } from '../print-table'
import { adminOf, type Project, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, printJson } from '../terminal'

export type ListedSchedule = ListSchedulesResponse['schedules'][number]

const EXAMPLES = `koyalite schedules list
koyalite schedules list --function digest --json`

export function schedulesListCommand(): Command {
  return projectCommand('list', 'list schedules: what runs by itself, and when next', EXAMPLES)
    .option('--function <name>', 'only those of a function')
    .option('--json', 'print {"schedules":[…]}')
    .action(async (options: { dir?: string; function?: string; json?: true }) => {
      const schedules = await withProject(options.dir, (project) => allSchedules(project, options.function))
      if (options.json === true) return printJson({ schedules })
      if (schedules.length === 0) {
        return note('There are no schedules yet. Create one: koyalite schedules create daily digest "0 8 * * *"')
      }
      printTable(
        ['name', 'function', 'cron', 'time zone', 'next', 'last', 'state'],
        schedules.map((one) => [
          one.name,
          one.function,
          one.cron,
          one.timezone,
          one.next_at === null || one.state === 'paused' ? '' : localTime(one.next_at, one.timezone),
          one.last === null ? '' : `${one.last.outcome} ${localTime(one.last.recorded_at, one.timezone)}`,
          stateOf(one),
        ]),
      )
    })
}

/** `2026-03-29 03:30:00 +02:00`: as the wall there shows it. */
export function localTime(iso: string, timezone: string): string {
  const at = new Date(iso)
  const text = at.toLocaleString('sv-SE', { timeZone: timezone })
  const offset = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value
  return `${text} ${(offset ?? '').replace('GMT', '').replace('+00:00', '') || 'UTC'}`
}

export function stateOf({ state, paused }: ListedSchedule): string {
  return paused?.reason === 'copy' ? 'paused (copy)' : state
}

async function allSchedules(project: Project, of: string | undefined): Promise<readonly ListedSchedule[]> {
  const schedules: ListedSchedule[] = []
  let cursor: string | null | undefined
  while (cursor !== null) {
    const page: ListSchedulesResponse = await adminOf(project).listSchedules({
      query: { limit: 500, cursor, ...(of !== undefined && { function: of }) },
    })
    schedules.push(...page.schedules)
    cursor = page.next_cursor
  }
  return schedules
}
