import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { AppLink } from '../../kit/app-link'
import { ErrorState, Skeleton } from '../../kit/states'
import { useSession } from '../../session/session-context'

const EVERY_MS = 30_000

/** How the API did in the last hour; each figure leads to the requests that it is about. */
export function LastHour() {
  const { admin } = useSession()
  const { data, error, refetch } = useQuery({
    queryKey: ['load', 'last-hour'],
    queryFn: () => admin.getLoadStats(),
    refetchInterval: EVERY_MS,
  })
  const total = data?.total
  const failed = total?.status['5xx'] ?? 0
  const refused = total?.status['4xx'] ?? 0
  return (
    <section aria-labelledby="last-hour" className="flex flex-col gap-3">
      <h2 id="last-hour" className="text-title font-semibold">
        The last hour
      </h2>
      {error !== null && (
        <ErrorState what="The figures could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {total === undefined && error === null && <Skeleton className="h-[72px] w-full" />}
      {total !== undefined && (
        <dl className="grid grid-cols-4 gap-px overflow-hidden rounded-panel border border-line bg-line max-sm:grid-cols-2">
          <Figure name="Requests" href="/observe/requests">
            {total.requests.toLocaleString('en')}
          </Figure>
          <Figure name="Failed" href="/observe/errors" isBad={failed > 0}>
            {failed.toLocaleString('en')}
          </Figure>
          <Figure name="Refused" href="/observe/requests?status=4xx">
            {refused.toLocaleString('en')}
          </Figure>
          <Figure name="95 % took at most" href="/observe/speed">
            {total.p95_ms === null
              ? '–'
              : `${total.p95_ms < 10 ? total.p95_ms.toFixed(1) : Math.round(total.p95_ms)} ms`}
          </Figure>
        </dl>
      )}
    </section>
  )
}

interface FigureProps {
  readonly name: string
  readonly href: string
  readonly isBad?: boolean
  readonly children: ReactNode
}

function Figure({ name, href, isBad = false, children }: FigureProps) {
  return (
    <div className="flex flex-col gap-0.5 bg-canvas px-4 py-3">
      <dt className="text-sm text-text-3">{name}</dt>
      <dd>
        <AppLink href={href} className={`text-large font-semibold hover:underline ${isBad ? 'text-danger-text' : ''}`}>
          {children}
        </AppLink>
      </dd>
    </div>
  )
}
