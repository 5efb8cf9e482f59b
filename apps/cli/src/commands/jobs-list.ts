import type { ListJobsInput, ListJobsResponse } from '@koyalite/client/admin'
import { type Command, Option } from 'commander'
import { printTable } from '../print-table'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, printJson } from '../terminal'

const EXAMPLES = `koyalite jobs list
koyalite jobs list --state dead --name send-mail
koyalite jobs list --state waiting --json`

export type ListedJob = ListJobsResponse['jobs'][number]
type State = ListedJob['state']

const STATES: readonly State[] = ['waiting', 'running', 'retrying', 'done', 'dead', 'cancelled']

interface Options {
  readonly dir?: string
  readonly state?: State
  readonly name?: string
  readonly limit: string
  readonly json?: true
}

export function jobsListCommand(): Command {
  return projectCommand('list', 'list jobs, newest first', EXAMPLES)
    .addOption(new Option('--state <state>', 'only in this state').choices(STATES))
    .option('--name <name>', 'only of this function')
    .addOption(new Option('--limit <count>', 'maximum number of jobs').default('50', '50'))
    .option('--json', 'print {"jobs":[…],"next_cursor"}')
    .action(async ({ dir, state, name, limit, json }: Options) => {
      const query: NonNullable<ListJobsInput['query']> = { limit: Number(limit), state, name }
      const page = await withProject(dir, (project) => adminOf(project).listJobs({ query }))
      if (json === true) return printJson(page)
      if (page.jobs.length === 0)
        return note(state === undefined && name === undefined ? 'There are no jobs.' : 'No job matches.')
      printTable(
        ['id', 'name', 'state', 'runs', 'pushed', ''],
        page.jobs.map((job) => [
          job.id,
          job.name,
          stateText(job),
          String(job.attempt),
          timeText(job.created_at),
          [job.why ?? '', errorText(job)].join(' ').trim(),
        ]),
      )
      if (page.next_cursor !== null)
        note('There are more jobs: raise --limit, or narrow the list with --state or --name.')
    })
}

export function stateText({ state, progress }: Pick<ListedJob, 'state' | 'progress'>): string {
  return state === 'running' && progress !== null ? `running, ${Math.floor(progress * 100)} %` : state
}

/** `2026-11-29 17:05:14 UTC` */
export function timeText(at: string): string {
  return `${at.slice(0, 19).replace('T', ' ')} UTC`
}

function errorText({ error, state }: ListedJob): string {
  if (error === null || state === 'done') return ''
  const [first = ''] = error.message.split('\n')
  return `${error.code}: ${first}`
}
