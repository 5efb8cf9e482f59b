import { Link } from '@tanstack/react-router'
import { classNames } from '../../kit/class-names'
import { ScrollRegion } from '../../kit/scroll-region'
import { minuteOf } from '../../kit/times'
import { JobActorText } from './job-actor'
import { JobStateBadge, type ListedJob, whyText } from './job-state'

/** Beside an open panel there is room for less. */
const NARROW = '@max-4xl:hidden'
/** On a phone the state is worth more than the time: the newest are first anyway. */
const WIDE = '@max-lg:hidden'
const HEADS = [
  ['Pushed', WIDE],
  ['Job', 'w-full'],
  ['State', ''],
  ['Runs', 'text-right'],
  ['Queue', NARROW],
  ['By', NARROW],
] as const

/** Jobs, the newest first. */
export function JobTable({
  jobs,
  open,
}: {
  readonly jobs: readonly ListedJob[]
  /** The id of the one whose details are shown. */
  readonly open: string | undefined
}) {
  return (
    <ScrollRegion label="Table of jobs" className="rounded-panel border border-line">
      <table className="w-full text-left">
        <thead className="bg-surface text-sm text-text-2">
          <tr>
            {HEADS.map(([name, className]) => (
              <th key={name} scope="col" className={classNames('h-8 px-3 font-medium whitespace-nowrap', className)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {jobs.map((job) => (
            <tr key={job.id} data-id={job.id} className={job.id === open ? 'bg-selection' : 'hover:bg-surface'}>
              <td className={classNames('px-3 whitespace-nowrap text-text-2', WIDE)} title={job.created_at}>
                {minuteOf(job.created_at)}
              </td>
              <td className="h-8 max-w-[320px] truncate px-3 @max-lg:max-w-[170px]" title={noteOf(job)}>
                <Link
                  from="/jobs"
                  search={(before) => ({ ...before, id: job.id })}
                  className="font-mono text-code hover:underline"
                >
                  {job.name}
                </Link>
                <span className="ml-2 text-sm text-text-2">{noteOf(job)}</span>
              </td>
              <td className="px-3">
                <JobStateBadge job={job} />
              </td>
              <td className="px-3 text-right">{job.attempt}</td>
              <td className={classNames('max-w-[200px] truncate px-3 text-text-2', NARROW)}>{job.queue}</td>
              <td className={classNames('px-3 whitespace-nowrap text-text-2', NARROW)}>
                <JobActorText actor={job.actor} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

/** Why it waits, or what went wrong last. */
function noteOf({ state, why, error }: ListedJob): string | undefined {
  if (state === 'waiting' && why !== null) return whyText(why)
  if ((state !== 'dead' && state !== 'retrying') || error === null) return undefined
  const [first] = error.message.split('\n')
  return `${error.code}: ${first}`
}
