import type { ListJobsResponse } from '@koyalite/client/admin'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMay, useSession } from '../../session/session-context'

const EVERY_MS = 5_000
const LINK = 'text-link hover:underline'

/** The calls of a function for events are jobs of this name. */
function jobName(name: string): string {
  return `events.${name}`
}

/** The call that failed and is tried again: those for the same document wait for it. */
export function CallsOfEvents({ name }: { readonly name: string }) {
  const { admin } = useSession()
  const mayJobs = useMay('jobs:read')
  const { data } = useQuery({
    queryKey: ['jobs', 'retrying', jobName(name)],
    queryFn: () => admin.listJobs({ query: { name: jobName(name), state: 'retrying', limit: 1 } }),
    refetchInterval: EVERY_MS,
    enabled: mayJobs,
  })
  if (!mayJobs || data === undefined) return null
  const [job] = data.jobs
  return (
    <div className="max-w-[420px] py-1.5">
      {job === undefined ? <span className="text-text-2">nothing</span> : <Retrying name={name} job={job} />}{' '}
      <Link to="/jobs" search={{ name: jobName(name) }} className={`block text-sm ${LINK}`}>
        All its calls
      </Link>
    </div>
  )
}

interface RetryingProps {
  readonly name: string
  readonly job: ListJobsResponse['jobs'][number]
}

function Retrying({ name, job: { id, error } }: RetryingProps) {
  return (
    <>
      <Link to="/jobs" search={{ name: jobName(name), state: 'retrying', id }} className={LINK}>
        a call that is retried
      </Link>
      {error !== null && (
        <p className="truncate text-sm text-danger-text" title={error.message}>
          {error.code}: {error.message}
        </p>
      )}
    </>
  )
}

export function FunctionLink({ name }: { readonly name: string }) {
  return (
    <Link to="/functions/$name" params={{ name }} className={`font-mono text-code ${LINK}`}>
      {name}
    </Link>
  )
}
