import { Link } from '@tanstack/react-router'
import { durationText } from '../../kit/quantities'
import { ErrorState, Skeleton } from '../../kit/states'
import { minuteOf, secondOf } from '../../kit/times'
import { Fact, Facts, SidePanel } from '../observe/side-panel'
import { dueText, wallText } from './due-text'
import { FiringBadge, ScheduleStateBadge } from './schedule-state'
import { type Firing, type Schedule, useSchedule } from './use-schedules'

/** One schedule: when it runs next, and what its last firings came to. */
export function SchedulePanel({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const { data, error, refetch } = useSchedule(name)
  return (
    <SidePanel label="Schedule" title={name} onClose={onClose}>
      {error !== null && (
        <ErrorState what="The schedule could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton className="h-[320px] w-full" />}
      {data !== undefined && (
        <>
          <ScheduleFacts schedule={data.schedule} />
          <NextTimes schedule={data.schedule} next={data.next} />
          <LastFirings firings={data.firings} />
        </>
      )}
    </SidePanel>
  )
}

function ScheduleFacts({ schedule }: { readonly schedule: Schedule }) {
  const { cron, timezone, overlap, missed, jitter, payload, source } = schedule
  return (
    <Facts>
      <Fact name="State">
        <ScheduleStateBadge schedule={schedule} />
      </Fact>
      <Fact name="Runs">
        <Link
          to="/functions/$name"
          params={{ name: schedule.function }}
          className="font-mono text-code break-all text-link hover:underline"
        >
          {schedule.function}
        </Link>
      </Fact>
      <Fact name="When">
        <code className="font-mono text-code">{cron}</code> in {timezone}
      </Fact>
      <Fact name="Overlap">{overlap === 'skip' ? 'skip while the job before is not done' : 'allow'}</Fact>
      <Fact name="Missed">{missed === 'run_once' ? 'run the last one' : 'skip'}</Fact>
      {jitter !== '0s' && <Fact name="Jitter">up to {jitter}</Fact>}
      <Fact name="Stated by">{source === 'function' ? 'the manifest of the function' : 'the admin API'}</Fact>
      <Fact name="Payload">
        <code className="font-mono text-code break-all">{JSON.stringify(payload)}</code>
      </Fact>
    </Facts>
  )
}

function NextTimes({ schedule, next }: { readonly schedule: Schedule; readonly next: readonly string[] }) {
  const now = Date.now()
  return (
    <section aria-labelledby="schedule-next" className="flex flex-col gap-2">
      <h3 id="schedule-next" className="text-md font-semibold">
        Next times
      </h3>
      {schedule.paused !== null && <p className="text-text-2">It is paused: none of them fires until it is resumed.</p>}
      {next.length === 0 && <p className="text-text-2">None.</p>}
      <ol className="flex flex-col gap-1">
        {next.map((at) => (
          <li key={at}>
            {wallText(at, schedule.timezone)} <span className="text-sm text-text-2">{dueText(at, now)}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}

function LastFirings({ firings }: { readonly firings: readonly Firing[] }) {
  return (
    <section aria-labelledby="schedule-last" className="flex flex-col gap-2">
      <h3 id="schedule-last" className="text-md font-semibold">
        Last firings
      </h3>
      {firings.length === 0 && <p className="text-text-2">It has not fired yet.</p>}
      {firings.length > 0 && (
        <ol aria-label="Last firings" className="divide-y divide-line rounded-panel border border-line">
          {firings.map((firing) => (
            <FiringRow key={`${firing.recorded_at} ${firing.due_at} ${firing.outcome}`} firing={firing} />
          ))}
        </ol>
      )}
    </section>
  )
}

function FiringRow({ firing }: { readonly firing: Firing }) {
  const { due_at: due, late_ms: late, job, error, cause } = firing
  return (
    <li className="flex flex-col gap-1 px-3 py-2">
      <p className="flex flex-wrap items-baseline gap-2">
        <FiringBadge firing={firing} />
        <span>
          {minuteOf(due).slice(0, 10)} {secondOf(due)}
        </span>
        {cause !== 'manual' && <span className="text-sm text-text-2">{durationText(late)} late</span>}
      </p>
      {error !== null && <p className="text-sm text-text-2">{error}</p>}
      {job !== null && (
        <Link
          to="/executions"
          search={{ request_id: job.id }}
          aria-label={`Executions of the job ${job.id}`}
          className="font-mono text-code break-all text-link hover:underline"
        >
          {job.id}
        </Link>
      )}
    </li>
  )
}
