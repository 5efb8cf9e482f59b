import type { ListRequestsResponse } from '@koyalite/client/admin'
import { Link } from '@tanstack/react-router'
import { classNames } from '../../kit/class-names'
import { durationText } from '../../kit/quantities'
import { ScrollRegion } from '../../kit/scroll-region'
import { secondOf } from '../../kit/times'
import { actorText, StatusText } from './status-text'

/** Requests, the newest first. */
export function RequestTable({
  requests,
  open,
}: {
  readonly requests: readonly ListRequestsResponse['requests'][number][]
  /** The id of the one whose details are shown. */
  readonly open: string | undefined
}) {
  return (
    <ScrollRegion label="Table of requests" className="rounded-panel border border-line">
      <table className="w-full text-left">
        <thead className="bg-surface text-sm text-text-2">
          <tr>
            {HEADS.map((name) => (
              <th
                key={name}
                scope="col"
                className={classNames(
                  'h-8 px-3 font-medium whitespace-nowrap',
                  name === 'Duration' && 'text-right',
                  name === 'By' && NARROW,
                )}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {requests.map((request) => (
            <tr
              key={`${request.at} ${request.id}`}
              data-id={request.id}
              className={request.id === open ? 'bg-selection' : 'hover:bg-surface'}
            >
              <td className="h-8 px-3 whitespace-nowrap text-text-2" title={request.at}>
                {secondOf(request.at)}
              </td>
              <td className="max-w-[420px] truncate px-3" title={request.path}>
                <Link
                  from="/observe/requests"
                  search={(before) => ({ ...before, id: request.id })}
                  className="font-mono text-code hover:underline"
                >
                  {request.method} {request.path}
                </Link>
              </td>
              <td className="px-3">
                <StatusText status={request.status} code={request.code} />
              </td>
              <td
                className={classNames(
                  'px-3 text-right whitespace-nowrap',
                  request.ms >= SLOW_MS && 'font-medium text-warning-text',
                )}
              >
                {durationText(request.ms)}
              </td>
              <td
                className={classNames('px-3 whitespace-nowrap text-text-2', NARROW)}
                title={request.actor.id ?? undefined}
              >
                {actorText(request.actor)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

/** Beside an open panel there is room for less. */
const NARROW = '@max-4xl:hidden'
const HEADS = ['Time', 'Request', 'Status', 'Duration', 'By'] as const
/** From then on the server remembers it longer, and explains lists. */
const SLOW_MS = 100
