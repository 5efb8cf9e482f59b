import { useQuery } from '@tanstack/react-query'
import { classNames } from '../../kit/class-names'
import { ScrollRegion } from '../../kit/scroll-region'
import { Snippet } from '../../kit/snippet'
import { ErrorState, Skeleton } from '../../kit/states'
import { studioAddress } from '../../kit/studio-path'
import { secondOf } from '../../kit/times'
import { useSession } from '../../session/session-context'

const SHOWN = 12
const EVERY_MS = 5_000

/** The last requests of clients; those of the studio itself are left out. */
export function RecentRequests() {
  const { admin } = useSession()
  const { data, error, refetch } = useQuery({
    queryKey: ['requests', 'recent'],
    queryFn: () => admin.listRequests({ query: { limit: 100 } }),
    refetchInterval: EVERY_MS,
  })
  const requests = data?.requests.filter(
    ({ path }) => !path.startsWith('/api/admin/') && !path.startsWith('/_/') && !path.startsWith(studioAddress('/')),
  )
  return (
    <section aria-labelledby="requests" className="flex flex-col gap-3">
      <h2 id="requests" className="text-title font-semibold">
        Last requests
      </h2>
      {error !== null && (
        <ErrorState what="The requests could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {requests === undefined && error === null && <Skeleton className="h-[388px] w-full" />}
      {requests?.length === 0 && <FirstRequest />}
      {requests !== undefined && requests.length > 0 && (
        <ScrollRegion label="Table of the last requests" className="rounded-panel border border-line">
          <table className="w-full text-left">
            <thead className="bg-surface text-sm text-text-2">
              <tr>
                {['Time', 'Request', 'Status', 'Duration', 'By'].map((name) => (
                  <th
                    key={name}
                    scope="col"
                    className={classNames(
                      'px-3 py-1.5 font-medium whitespace-nowrap',
                      name === 'Duration' && 'text-right',
                    )}
                  >
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y divide-line">
              {requests.slice(0, SHOWN).map(({ id, at, method, path, status, ms, actor }) => (
                <tr key={id}>
                  <td className="px-3 py-1.5 whitespace-nowrap text-text-2" title={at}>
                    {secondOf(at)}
                  </td>
                  <td className="max-w-[360px] truncate px-3 py-1.5 font-mono text-code" title={path}>
                    {method} {path}
                  </td>
                  <td
                    className={classNames(
                      'px-3 py-1.5',
                      status >= 500 ? 'text-danger-text' : status >= 400 && 'text-warning-text',
                    )}
                  >
                    {status}
                  </td>
                  <td className="px-3 py-1.5 text-right whitespace-nowrap">
                    {ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms
                  </td>
                  <td className="px-3 py-1.5 whitespace-nowrap text-text-2">{actor.kind.replace('_', ' ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </section>
  )
}

function FirstRequest() {
  return (
    <div className="flex flex-col gap-2 text-text-2">
      <p>Nobody has called the API since the server started. The first call:</p>
      <Snippet label="the first request" text={`curl ${location.origin}/api`} />
    </div>
  )
}
