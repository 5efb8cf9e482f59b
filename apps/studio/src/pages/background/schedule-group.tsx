import { Link, linkOptions } from '@tanstack/react-router'
import { Button } from '../../kit/button'
import { dueText } from '../schedules/due-text'
import { FiringBadge, ScheduleStateBadge } from '../schedules/schedule-state'
import { useScheduleActions } from '../schedules/use-schedule-actions'
import { type Schedule, useSchedules } from '../schedules/use-schedules'
import { Group, Row, shownOf } from './background-table'
import { When } from './when'

const ALL = linkOptions({ to: '/schedules' })

export function ScheduleGroup() {
  const { data, hasNextPage } = useSchedules()
  const schedules = data?.pages.flatMap((page) => page.schedules) ?? []
  if (schedules.length === 0) return null
  const shown = shownOf(schedules.toSorted(bySoonest), isProblem)
  return (
    <Group
      name={hasNextPage ? `Schedules, the first ${schedules.length.toLocaleString('en')}` : 'Schedules'}
      page={ALL}
      problems={schedules.filter(isProblem).length}
      hidden={schedules.length - shown.length}
    >
      {shown.map((schedule) => (
        <ScheduleRow key={schedule.name} schedule={schedule} />
      ))}
    </Group>
  )
}

function ScheduleRow({ schedule }: { readonly schedule: Schedule }) {
  const { name, cron, timezone, last, next_at: next, paused } = schedule
  const { isBusy, reason, run } = useScheduleActions(name)
  return (
    <Row
      name={
        <Link to="/schedules" search={{ name }} className="font-mono text-code text-link hover:underline">
          {name}
        </Link>
      }
      note={`runs ${schedule.function}, ${cron} in ${timezone}`}
      state={<ScheduleStateBadge schedule={schedule} />}
      next={<When at={paused === null ? next : null} />}
      last={
        last === null ? (
          <span className="text-text-3">not yet</span>
        ) : (
          <span className="whitespace-nowrap">
            <FiringBadge firing={last} /> {dueText(last.recorded_at, Date.now())}
          </span>
        )
      }
      action={
        <Button kind="quiet" aria-label={`Run now: ${name}`} isBusy={isBusy} reason={reason} onClick={() => void run()}>
          Run now
        </Button>
      }
    />
  )
}

function isProblem({ state, last }: Schedule): boolean {
  return state === 'overdue' || last?.outcome === 'failed' || last?.job?.state === 'dead'
}

function bySoonest({ next_at: a }: Schedule, { next_at: b }: Schedule): number {
  return a === null || b === null ? Number(a === null) - Number(b === null) : Date.parse(a) - Date.parse(b)
}
