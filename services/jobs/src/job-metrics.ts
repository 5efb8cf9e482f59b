import type { JobState } from '@koyalite/contracts'
import type { Metrics } from '@koyalite/kernel'

export interface JobMetrics {
  /** A run ended, and the job came to this. */
  ended(state: JobState['state']): void
  close(): void
}

export interface JobCounts {
  /** That wait, run or are to be retried. */
  living(): number
  running(): number
}

export function createJobMetrics(metrics: Pick<Metrics, 'register'>, { living, running }: JobCounts): JobMetrics {
  const ends = { done: 0, retrying: 0, waiting: 0, dead: 0, cancelled: 0 }
  const close = metrics.register(
    {
      name: 'jobs_waiting',
      help: 'Jobs that wait, or are to be retried.',
      kind: 'gauge',
      read: () => living() - running(),
    },
    { name: 'jobs_running', help: 'Jobs that run at the moment.', kind: 'gauge', read: running },
    {
      name: 'job_runs_total',
      help: 'Runs of jobs, by what the job came to.',
      kind: 'counter',
      read: () => Object.entries(ends).map(([state, value]) => ({ labels: { state }, value })),
    },
  )
  return {
    ended(state) {
      if (state !== 'running') ends[state]++
    },
    close,
  }
}
