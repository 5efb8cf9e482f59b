import { Badge } from '../../kit/badge'
import type { Firing, Schedule } from './use-schedules'

/** Whether it fires, in a word. */
export function ScheduleStateBadge({ schedule: { state, paused } }: { readonly schedule: Schedule }) {
  if (state === 'active') return <Badge kind="success">active</Badge>
  if (state === 'overdue') return <Badge kind="danger">overdue</Badge>
  return (
    <Badge kind={state === 'paused' ? 'warning' : 'plain'}>{paused?.reason === 'copy' ? 'paused: copy' : state}</Badge>
  )
}

/** What a firing came to, in a word. */
export function FiringBadge({ firing: { outcome, cause, count, job } }: { readonly firing: Firing }) {
  if (outcome === 'missed')
    return <Badge kind="warning">{count === 1 ? 'missed' : `${count.toLocaleString('en')} missed`}</Badge>
  if (outcome === 'skipped') return <Badge kind="warning">skipped</Badge>
  if (outcome === 'failed') return <Badge kind="danger">failed</Badge>
  const state = job?.state ?? 'queued'
  return (
    <Badge kind={state === 'done' ? 'success' : state === 'dead' ? 'danger' : 'plain'}>
      {cause === 'due' ? state : `${state}: ${cause === 'manual' ? 'by hand' : 'made up for'}`}
    </Badge>
  )
}
