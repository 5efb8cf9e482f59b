import type { GetJobDetailResponse } from '@koyalite/client/admin'
import type { Command } from 'commander'
import { projectCommand } from '../project-command'
import { paint, print, printJson } from '../terminal'
import { stateText, timeText } from './jobs-list'
import { withJob } from './with-job'

const EXAMPLE = 'koyalite jobs show 0197a3d4-5b6c-7d8e-9f00-112233445566'

export function jobsShowCommand(): Command {
  return projectCommand('show', 'show a job: its payload, its runs, its error, and why it waits', EXAMPLE)
    .argument('<id>', 'the id of the job, from `jobs list`')
    .option('--json', 'print the job as the API has it')
    .action(async (id: string, options: { dir?: string; json?: true }) => {
      const job = await withJob(options.dir, (admin) => admin.getJobDetail({ params: { id } }))
      if (options.json === true) return printJson(job)
      for (const [name, value] of linesOf(job)) print(`${paint('dim', name.padEnd(NAME_WIDTH))}${value}`)
      if (job.error !== null) print(`\n${paint('red', job.error.code)} ${job.error.message}`)
    })
}

const NAME_WIDTH = 10

function linesOf(job: GetJobDetailResponse): readonly (readonly [name: string, value: string])[] {
  const { chain, progress, state } = job
  return [
    ['job', job.id],
    ['name', job.name],
    ['queue', job.queue],
    ['state', stateText({ state, progress })],
    ...optional('waits', job.why),
    ['runs', runsText(job)],
    ['pushed', `${timeText(job.created_at)} by ${job.actor ?? 'nobody'}`],
    ...(state === 'waiting' || state === 'retrying' ? [['runs at', timeText(job.run_at)] as const] : []),
    ...optional('began', job.started_at && timeText(job.started_at)),
    ...optional('ended', job.finished_at && timeText(job.finished_at)),
    ...(job.priority === 0 ? [] : [['priority', String(job.priority)] as const]),
    ...optional('key', job.key),
    ...optional('group', job.group),
    ...(chain === null ? [] : [['chain', `link ${chain.depth + 1} of what ${chain.root} began`] as const]),
    ['payload', job.sensitive ? 'hidden: its function says sensitive' : JSON.stringify(job.payload)],
    ...(job.sensitive || job.result === null ? [] : [['result', JSON.stringify(job.result)] as const]),
  ]
}

function optional(name: string, value: string | null): readonly (readonly [name: string, value: string])[] {
  return value === null ? [] : [[name, value]]
}

function runsText({ attempt, errors, crashes }: GetJobDetailResponse): string {
  const ends = [
    ...(errors > 0 ? [`${errors} ${errors === 1 ? 'error' : 'errors'}`] : []),
    ...(crashes > 0 ? [`${crashes} ${crashes === 1 ? 'crash' : 'crashes'}`] : []),
  ]
  return ends.length === 0 ? String(attempt) : `${attempt} (${ends.join(', ')})`
}
