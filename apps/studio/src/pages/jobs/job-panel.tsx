import { AdminApiError, type GetJobDetailResponse } from '@koyalite/client/admin'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CodeBlock } from '../../kit/code-block'
import { CopyField } from '../../kit/copy-field'
import { durationText } from '../../kit/quantities'
import { ErrorState, Skeleton } from '../../kit/states'
import { useMay, useSession } from '../../session/session-context'
import { RequestExecutions } from '../executions/request-executions'
import type { LiveListPanel } from '../observe/live-list-page'
import { Fact, Facts, SidePanel } from '../observe/side-panel'
import { JobActions } from './job-actions'
import { JobActorLink } from './job-actor'
import { isOver, JobStateBadge, whyText } from './job-state'

const EVERY_MS = 2_000

/** One job: what it is to do, how far it is, what went wrong, and what can be done about it. */
export function JobPanel({ id, onClose, onKeyDown }: LiveListPanel) {
  const { admin } = useSession()
  const { data, error, refetch } = useQuery({
    queryKey: ['jobs', 'one', id],
    queryFn: () => admin.getJobDetail({ params: { id } }),
    refetchInterval: ({ state }) => (state.data === undefined || isOver(state.data) ? false : EVERY_MS),
  })
  const isGone = error instanceof AdminApiError && error.status === 404
  const job = isGone ? undefined : data
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the list work in the panel too
    <div className="contents" onKeyDown={onKeyDown}>
      <SidePanel label="Job" title={job === undefined ? 'Job' : <Title name={job.name} />} onClose={onClose}>
        {isGone && <p className="text-text-2">There is no such job, or it is no longer kept.</p>}
        {error !== null && !isGone && (
          <ErrorState what="The job could not be read" error={error} onRetry={() => void refetch()} />
        )}
        {job === undefined && error === null && <Skeleton className="h-[320px] w-full" />}
        {job !== undefined && (
          <>
            <JobActions job={job} onDeleted={onClose} />
            <JobFacts job={job} />
            {job.error !== null && (
              <JobError isPast={job.state !== 'dead' && job.state !== 'retrying'} error={job.error} />
            )}
            <JobValues job={job} />
            <RequestExecutions request={job.id} title="Its runs" isFollowed />
            <CopyField label="Job id" text={job.id} />
          </>
        )}
      </SidePanel>
    </div>
  )
}

/** Work of the server has a dot in its name, and is of no function. */
function Title({ name }: { readonly name: string }) {
  const isFunction = useMay('functions:read') && !name.includes('.')
  if (!isFunction) return <span className="font-mono text-code break-all">{name}</span>
  return (
    <Link to="/functions/$name" params={{ name }} className="font-mono text-code break-all text-link hover:underline">
      {name}
    </Link>
  )
}

function JobFacts({ job }: { readonly job: GetJobDetailResponse }) {
  const { started_at: began, finished_at: ended, priority, key, group, why } = job
  return (
    <Facts>
      <Fact name="State">
        <JobStateBadge job={job} />
      </Fact>
      {why !== null && <Fact name="Why">{whyText(why)}</Fact>}
      <Fact name="Queue">
        <Link to="/queues" className="text-link hover:underline">
          {job.queue}
        </Link>
      </Fact>
      <Fact name="Runs">{runsText(job)}</Fact>
      <Fact name="Pushed">
        {timeOf(job.created_at)} by <JobActorLink actor={job.actor} />
      </Fact>
      {began !== null && <Fact name="Began">{timeOf(began)}</Fact>}
      {ended !== null && (
        <Fact name="Ended">
          {timeOf(ended)}
          {began !== null && `, after ${durationText(Date.parse(ended) - Date.parse(began))}`}
        </Fact>
      )}
      {priority !== 0 && <Fact name="Priority">{priority}</Fact>}
      {key !== null && <Code name="Key" text={key} />}
      {group !== null && <Code name="Group" text={group} />}
      {job.chain !== null && <Chain chain={job.chain} />}
    </Facts>
  )
}

function Code({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <Fact name={name}>
      <code className="font-mono text-code break-all">{text}</code>
    </Fact>
  )
}

/** What led to it. */
function Chain({ chain: { root, depth } }: { readonly chain: NonNullable<GetJobDetailResponse['chain']> }) {
  const mayFunctions = useMay('functions:read')
  return (
    <Fact name="Chain">
      step {depth} of what{' '}
      {mayFunctions ? (
        <Link
          to="/executions"
          search={{ id: root }}
          className="font-mono text-code break-all text-link hover:underline"
        >
          {root}
        </Link>
      ) : (
        <code className="font-mono text-code break-all">{root}</code>
      )}{' '}
      began
    </Fact>
  )
}

interface JobErrorProps {
  readonly error: NonNullable<GetJobDetailResponse['error']>
  /** It was of a run before the last one. */
  readonly isPast: boolean
}

function JobError({ error: { code, message }, isPast }: JobErrorProps) {
  return (
    <section aria-labelledby="job-error" className="flex flex-col gap-2">
      <h3 id="job-error" className={`text-md font-semibold ${isPast ? '' : 'text-danger-text'}`}>
        {isPast ? `An earlier run failed: ${code}` : code}
      </h3>
      <p className="break-words whitespace-pre-wrap">{message}</p>
    </section>
  )
}

function JobValues({ job: { payload, result, sensitive } }: { readonly job: GetJobDetailResponse }) {
  if (sensitive)
    return <p className="text-text-2">Its payload and its result are hidden: the function’s manifest says sensitive.</p>
  return (
    <>
      <JobValue name="Payload" value={payload} />
      {result !== null && <JobValue name="Result" value={result} />}
    </>
  )
}

function JobValue({ name, value }: { readonly name: string; readonly value: unknown }) {
  return (
    <section aria-label={name} className="flex flex-col gap-2">
      <h3 className="text-md font-semibold">{name}</h3>
      <CodeBlock label={`${name} of the job`} text={JSON.stringify(value, null, 2)} />
    </section>
  )
}

function runsText({ attempt, errors, crashes }: GetJobDetailResponse): string {
  const ends = [
    ...(errors > 0 ? [`${errors} ${errors === 1 ? 'error' : 'errors'}`] : []),
    ...(crashes > 0 ? [`${crashes} ${crashes === 1 ? 'crash' : 'crashes'}`] : []),
  ]
  return ends.length === 0 ? String(attempt) : `${attempt} (${ends.join(', ')})`
}

/** To the second: jobs of a moment follow one another. */
function timeOf(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)} Z`
}
