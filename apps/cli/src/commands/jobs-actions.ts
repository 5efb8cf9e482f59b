import type { Command } from 'commander'
import { projectCommand } from '../project-command'
import { print, printJson } from '../terminal'
import { withJob } from './with-job'

const ID = '0197a3d4-5b6c-7d8e-9f00-112233445566'

interface Options {
  readonly dir?: string
  readonly json?: true
}

export function jobsRetryCommand(): Command {
  return oneJob('retry', 'run a job again that failed or was cancelled, or one that waits for its time now')
    .option('--json', 'print the job as the API has it')
    .action(async (id: string, { dir, json }: Options) => {
      const job = await withJob(dir, (admin) => admin.retryJob({ params: { id } }))
      if (json === true) return printJson(job)
      print(`${job.name} ${id} runs again. ${job.why ?? ''}`.trimEnd())
    })
}

export function jobsCancelCommand(): Command {
  return oneJob('cancel', 'cancel a job; one that is running is asked to stop')
    .option('--json', 'print the job as the API has it')
    .action(async (id: string, { dir, json }: Options) => {
      const job = await withJob(dir, (admin) => admin.cancelJob({ params: { id } }))
      if (json === true) return printJson(job)
      const isOver = job.state === 'cancelled'
      print(
        isOver
          ? `Cancelled ${job.name} ${id}.`
          : `${job.name} ${id} is running: it was asked to stop, and is cancelled once it has.`,
      )
    })
}

export function jobsDeleteCommand(): Command {
  return oneJob('delete', 'delete a job that does not run')
    .option('--json', 'print {"id","deleted"}')
    .action(async (id: string, { dir, json }: Options) => {
      await withJob(dir, (admin) => admin.deleteJob({ params: { id } }))
      if (json === true) printJson({ id, deleted: true })
      else print(`Deleted ${id}.`)
    })
}

function oneJob(verb: string, description: string): Command {
  return projectCommand(verb, description, `koyalite jobs ${verb} ${ID}`).argument(
    '<id>',
    'the id of the job, from `jobs list`',
  )
}
