import type { ListJobQueuesResponse } from '@koyalite/client/admin'
import type { Command } from 'commander'
import { printTable } from '../print-table'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, printJson } from '../terminal'
import { timeText } from './jobs-list'

type Queue = ListJobQueuesResponse['queues'][number]

export function jobsQueuesCommand(): Command {
  return projectCommand('queues', 'list queues, and what waits and runs in them', 'koyalite jobs queues')
    .option('--json', 'print {"queues":[…],"held"}')
    .action(async (options: { dir?: string; json?: true }) => {
      const { queues, held } = await withProject(options.dir, (project) => adminOf(project).listJobQueues())
      if (options.json === true) return printJson({ queues, held })
      if (queues.length === 0) note('There are no queues yet. A function gets one with `queue: true` in its manifest.')
      else printTable(HEAD, queues.map(cellsOf))
      if (held > 0)
        note(
          `${held} ${held === 1 ? 'job has' : 'jobs have'} been held since this project was copied or restored. To run them: koyalite jobs release --copied`,
        )
    })
}

const HEAD = ['queue', 'waiting', 'retrying', 'running', 'oldest', 'rate', 'state']

function cellsOf(queue: Queue): readonly string[] {
  return [
    queue.name,
    String(queue.waiting),
    String(queue.retrying),
    `${queue.running} of ${queue.concurrency}`,
    queue.oldest_at === null ? '' : timeText(queue.oldest_at),
    queue.rate ?? '',
    queue.paused_at === null ? 'open' : `paused ${timeText(queue.paused_at)}`,
  ]
}
