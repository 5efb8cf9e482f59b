import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { durationText } from '../../kit/quantities'
import { useMay, useSession } from '../../session/session-context'
import { ExecutionStatusBadge } from './execution-status'

const SHOWN = 20
const EVERY_MS = 2_000

export interface RequestExecutionsProps {
  /** The id of the request; that of a job for its runs. */
  readonly request: string
  readonly title: string
  /** More may come while somebody looks. @default false */
  readonly isFollowed?: boolean
}

/** The functions that a request has called, or the runs of a job; nothing where there are none. */
export function RequestExecutions({ request, title, isFollowed = false }: RequestExecutionsProps) {
  const { admin } = useSession()
  const { data } = useQuery({
    queryKey: ['executions', 'of request', request],
    queryFn: () => admin.listExecutions({ query: { request_id: request, limit: SHOWN } }),
    enabled: useMay('functions:read'),
    refetchInterval: isFollowed ? EVERY_MS : false,
  })
  const executions = data?.executions ?? []
  if (executions.length === 0) return null
  return (
    <section aria-labelledby="request-executions" className="flex flex-col gap-2">
      <h3 id="request-executions" className="text-md font-semibold">
        {title}
      </h3>
      <ul className="divide-y divide-line rounded-panel border border-line">
        {executions.map((one) => (
          <li key={one.id} className="flex flex-wrap items-center gap-3 px-3 py-2">
            <Link
              to="/executions"
              search={{ request_id: request, id: one.id }}
              className="font-mono text-code break-all text-link hover:underline"
            >
              {one.function}@{one.version}
            </Link>
            <ExecutionStatusBadge status={one.status} />
            <span className="text-text-2">{durationText(one.ms)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
