import type { Command } from 'commander'
import { commandGroup } from '../command-group'
import { jobsCancelCommand, jobsDeleteCommand, jobsRetryCommand } from './jobs-actions'
import { jobsListCommand } from './jobs-list'
import { jobsPauseCommand, jobsResumeCommand } from './jobs-pause'
import { jobsPushCommand } from './jobs-push'
import { jobsQueuesCommand } from './jobs-queues'
import { jobsReleaseCommand } from './jobs-release'
import { jobsShowCommand } from './jobs-show'

export function jobsCommand(): Command {
  return commandGroup('jobs', 'see, push and steer jobs: work that outlives a request', {
    commands: [
      jobsListCommand(),
      jobsShowCommand(),
      jobsPushCommand(),
      jobsRetryCommand(),
      jobsCancelCommand(),
      jobsDeleteCommand(),
      jobsQueuesCommand(),
      jobsPauseCommand(),
      jobsResumeCommand(),
      jobsReleaseCommand(),
    ],
    example: 'koyalite jobs list --state dead',
  })
}
