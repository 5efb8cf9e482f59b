import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { durationText } from '../../kit/quantities'
import { secondOf } from '../../kit/times'
import { useSession } from '../../session/session-context'
import { StatusText } from './status-text'

const HOUR_MS = 3_600_000
const EVERY_MS = 10_000
const SHOWN = 3

/** The slowest requests of the last hour, and those that failed last: they stay above the others. */
export function PinnedRequests({ selected }: { readonly selected: string | undefined }) {
  const { admin } = useSession()
  const { data } = useQuery({
    queryKey: ['requests', 'pinned'],
    queryFn: async () => {
      const query = { since: new Date(Date.now() - HOUR_MS).toISOString(), own: 'false', limit: 500 } as const
      const [slow, failed] = await Promise.all([
        admin.listRequests({ query: { ...query, min_ms: 100 } }),
        admin.listRequests({ query: { ...query, status: '5xx', limit: SHOWN } }),
      ])
      return {
        slowest: slow.requests.toSorted((a, b) => b.ms - a.ms).slice(0, SHOWN),
        failed: failed.requests,
      }
    },
    refetchInterval: EVERY_MS,
  })
  if (data === undefined || (data.slowest.length === 0 && data.failed.length === 0)) return null
  return (
    <div className="grid auto-cols-fr grid-flow-col gap-4 max-lg:grid-flow-row">
      {data.slowest.length > 0 && (
        <Pinned title="Slowest of the last hour" link={{ min_ms: 100 }}>
          {data.slowest.map(({ id, at, method, path, ms }) => (
            <Row key={id} {...{ id, at, method, path }} isSelected={id === selected}>
              <span className="font-medium text-warning-text">{durationText(ms)}</span>
            </Row>
          ))}
        </Pinned>
      )}
      {data.failed.length > 0 && (
        <Pinned title="Failed in the last hour" link={{ status: '5xx' }}>
          {data.failed.map(({ id, at, method, path, status, code }) => (
            <Row key={id} {...{ id, at, method, path }} isSelected={id === selected}>
              <StatusText status={status} code={code} />
            </Row>
          ))}
        </Pinned>
      )}
    </div>
  )
}

interface PinnedProps {
  readonly title: string
  readonly link: { readonly min_ms?: number; readonly status?: string }
  readonly children: ReactNode
}

function Pinned({ title, link, children }: PinnedProps) {
  return (
    <section aria-label={title} className="min-w-0 rounded-panel border border-line">
      <div className="flex h-8 items-center justify-between bg-surface px-3 text-sm text-text-2">
        <h2 className="font-medium">{title}</h2>
        <Link from="/observe/requests" search={link} className="text-link hover:underline">
          All
        </Link>
      </div>
      <ul className="divide-y divide-line">{children}</ul>
    </section>
  )
}

interface RowProps {
  readonly id: string
  readonly at: string
  readonly method: string
  readonly path: string
  readonly isSelected: boolean
  readonly children: ReactNode
}

function Row({ id, at, method, path, isSelected, children }: RowProps) {
  return (
    <li className={`flex h-8 items-center gap-3 px-3 ${isSelected ? 'bg-selection' : 'hover:bg-surface'}`}>
      <span className="flex-none text-text-2">{secondOf(at)}</span>
      <Link
        from="/observe/requests"
        search={(before) => ({ ...before, id })}
        title={path}
        className="min-w-0 flex-1 truncate font-mono text-code hover:underline"
      >
        {method} {path}
      </Link>
      {children}
    </li>
  )
}
