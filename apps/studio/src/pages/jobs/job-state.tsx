import type { ListJobsResponse } from '@koyalite/client/admin'
import { Badge } from '../../kit/badge'
import { minuteOf } from '../../kit/times'

export type ListedJob = ListJobsResponse['jobs'][number]
export type JobState = ListedJob['state']

export const JOB_STATES = ['waiting', 'running', 'retrying', 'done', 'dead', 'cancelled'] as const

/** What each state means, where somebody chooses one. */
export const STATE_NAMES: Readonly<Record<JobState, string>> = {
  waiting: 'waiting: for its time, or its turn',
  running: 'running',
  retrying: 'retrying: it failed, and is tried again',
  done: 'done',
  dead: 'dead: it failed, and was given up',
  cancelled: 'cancelled',
}

const KINDS = {
  waiting: 'plain',
  running: 'accent',
  retrying: 'warning',
  done: 'success',
  dead: 'danger',
  cancelled: 'plain',
} as const satisfies Readonly<Record<JobState, unknown>>

/** The state of a job in a word, and how far it is. */
export function JobStateBadge({ job: { state, progress } }: { readonly job: Pick<ListedJob, 'state' | 'progress'> }) {
  const percent = state === 'running' && progress !== null ? ` ${Math.floor(progress * 100)} %` : ''
  return (
    <Badge kind={KINDS[state]}>
      {state}
      {percent}
    </Badge>
  )
}

export function isOver({ state }: Pick<ListedJob, 'state'>): boolean {
  return state === 'done' || state === 'dead' || state === 'cancelled'
}

/** Why it waits, with times as they are written everywhere here. */
export function whyText(why: string): string {
  return why.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, minuteOf)
}
