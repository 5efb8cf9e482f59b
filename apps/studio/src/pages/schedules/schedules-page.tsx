import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button } from '../../kit/button'
import { ListTable } from '../../kit/list-table'
import { Page } from '../../kit/page'
import { Snippet } from '../../kit/snippet'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { minuteOf } from '../../kit/times'
import { dueText } from './due-text'
import { ScheduleActions } from './schedule-actions'
import { SchedulePanel } from './schedule-panel'
import { FiringBadge, ScheduleStateBadge } from './schedule-state'
import { type Firing, type Schedule, useSchedules } from './use-schedules'

/** What runs by itself: when next, and what came of it last. */
export function SchedulesPage() {
  const { name } = useSearch({ from: '/shell/schedules' })
  const navigate = useNavigate({ from: '/schedules' })
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useSchedules()
  const schedules = data?.pages.flatMap((page) => page.schedules)
  return (
    <div className="flex h-full min-h-0">
      <div className="min-w-0 flex-1 overflow-auto">
        <Page title="Schedules">
          {error !== null && (
            <ErrorState what="The schedules could not be read" error={error} onRetry={() => void refetch()} />
          )}
          {schedules === undefined && error === null && <Skeleton className="h-[320px] w-full" />}
          {schedules?.length === 0 && <NoSchedules />}
          {schedules !== undefined && schedules.length > 0 && <ScheduleTable schedules={schedules} />}
          {hasNextPage && (
            <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()} className="self-start">
              Show more
            </Button>
          )}
        </Page>
      </div>
      {name !== undefined && (
        <SchedulePanel key={name} name={name} onClose={() => void navigate({ search: {}, replace: true })} />
      )}
    </div>
  )
}

function ScheduleTable({ schedules }: { readonly schedules: readonly Schedule[] }) {
  const now = Date.now()
  return (
    <ListTable
      label="Table of schedules"
      rows={schedules}
      keyOf={({ name }) => name}
      columns={[
        {
          name: 'Schedule',
          cell: ({ name, ...schedule }) => (
            <div className="py-1.5">
              <Link to="/schedules" search={{ name }} className="font-mono text-code text-link hover:underline">
                {name}
              </Link>
              <p className="text-sm text-text-2">runs {schedule.function}</p>
            </div>
          ),
        },
        {
          name: 'When',
          cell: ({ cron, timezone }) => (
            <div className="py-1.5 whitespace-nowrap">
              <code className="font-mono text-code">{cron}</code>
              <p className="text-sm text-text-2">{timezone}</p>
            </div>
          ),
        },
        { name: 'Next', cell: (schedule) => <Next schedule={schedule} now={now} /> },
        { name: 'Last', cell: ({ last }) => <Last firing={last} now={now} /> },
        { name: 'State', cell: (schedule) => <ScheduleStateBadge schedule={schedule} /> },
        { name: 'Actions', cell: (schedule) => <ScheduleActions schedule={schedule} /> },
      ]}
    />
  )
}

function Next({ schedule: { next_at: at, paused }, now }: { readonly schedule: Schedule; readonly now: number }) {
  if (at === null || paused !== null) return <span className="text-text-2">—</span>
  return (
    <div className="py-1.5 whitespace-nowrap">
      {dueText(at, now)}
      <p className="text-sm text-text-2">{minuteOf(at)}</p>
    </div>
  )
}

function Last({ firing, now }: { readonly firing: Firing | null; readonly now: number }) {
  if (firing === null) return <span className="text-text-2">not yet</span>
  return (
    <div className="py-1.5 whitespace-nowrap">
      <FiringBadge firing={firing} />
      <p className="text-sm text-text-2">{dueText(firing.recorded_at, now)}</p>
    </div>
  )
}

function NoSchedules() {
  return (
    <EmptyState title="No schedules yet">
      <p>A schedule runs a function by itself: every night, or each quarter of an hour. Make one:</p>
      <Snippet
        label="a command that makes a schedule"
        text={'koyalite schedules create daily digest "0 8 * * *" --timezone Europe/Berlin'}
      />
      <Link to="/functions" className="text-link underline">
        All functions
      </Link>
    </EmptyState>
  )
}
