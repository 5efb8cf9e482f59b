import { useQuery } from '@tanstack/react-query'
import { AppLink } from '../../kit/app-link'
import { ErrorState, Skeleton } from '../../kit/states'
import { minuteOf } from '../../kit/times'
import { useMay, useSession } from '../../session/session-context'
import { StatusText } from '../observe/status-text'
import { activityOf } from './activity'

/** As many of each kind are read, and shown of both together. */
const SHOWN = 12

/** What a user has done last: their requests and what the audit log has of them, in one list. */
export function UserActivity({ userId }: { readonly userId: string }) {
  const { admin } = useSession()
  const mayRequests = useMay('logs:read')
  const mayAudit = useMay('audit:read')
  const query = { actor: userId, limit: SHOWN }
  const { data, error, refetch } = useQuery({
    queryKey: ['activity', userId, mayRequests, mayAudit],
    queryFn: async () => {
      const [requests, audit] = await Promise.all([
        mayRequests ? admin.listRequests({ query }) : null,
        mayAudit ? admin.listAuditEntries({ query }) : null,
      ])
      return activityOf(requests?.requests ?? [], audit?.entries ?? []).slice(0, SHOWN)
    },
    enabled: mayRequests || mayAudit,
  })
  if (!mayRequests && !mayAudit) return null
  const actor = encodeURIComponent(userId)
  return (
    <section aria-labelledby="activity" className="flex flex-col gap-2">
      <h3 id="activity" className="font-semibold">
        Activity
      </h3>
      {error !== null && (
        <ErrorState what="The activity could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton className="h-[96px] w-full" />}
      {data?.length === 0 && <p className="text-text-2">No request of theirs and no entry of the audit log is kept.</p>}
      {data !== undefined && data.length > 0 && (
        <ul aria-label="Activity" className="divide-y divide-line">
          {data.map((one) => (
            <li key={one.key}>
              <AppLink
                href={one.href}
                className="-mx-2 flex items-baseline gap-2 rounded-control px-2 py-1 hover:bg-sunken"
              >
                <span className="min-w-0 flex-1 truncate" title={one.text}>
                  {one.kind === 'request' ? <code className="font-mono text-code">{one.text}</code> : one.text}
                </span>
                {one.status !== null && <StatusText status={one.status} />}
                {one.isFailure && <span className="text-warning-text">refused</span>}
                <span className="text-sm whitespace-nowrap text-text-3">{minuteOf(one.at)}</span>
              </AppLink>
            </li>
          ))}
        </ul>
      )}
      <p className="flex flex-wrap gap-x-4 gap-y-1">
        {mayRequests && (
          <AppLink href={`/observe/requests?actor=${actor}`} className="text-link hover:underline">
            All requests
          </AppLink>
        )}
        {mayAudit && (
          <AppLink href={`/observe/audit?actor=${actor}`} className="text-link hover:underline">
            All of the audit log
          </AppLink>
        )}
      </p>
    </section>
  )
}
