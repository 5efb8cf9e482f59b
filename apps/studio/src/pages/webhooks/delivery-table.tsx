import { Link } from '@tanstack/react-router'
import { classNames } from '../../kit/class-names'
import { durationText } from '../../kit/quantities'
import { ScrollRegion } from '../../kit/scroll-region'
import { minuteOf } from '../../kit/times'
import { DeliveryStateBadge, type ListedDelivery } from './delivery-state'

/** Beside an open panel there is room for less. */
const NARROW = '@max-4xl:hidden'
/** On a phone the state is worth more than the time: the newest are first anyway. */
const WIDE = '@max-lg:hidden'
const HEADS = [
  ['Taken', WIDE],
  ['Event', 'w-full'],
  ['State', ''],
  ['Endpoint', WIDE],
  ['Attempts', classNames('text-right', NARROW)],
  ['Last answer', NARROW],
] as const

/** Deliveries, the newest first. */
export function DeliveryTable({
  deliveries,
  open,
}: {
  readonly deliveries: readonly ListedDelivery[]
  /** The id of the one whose details are shown. */
  readonly open: string | undefined
}) {
  return (
    <ScrollRegion label="Table of deliveries" className="rounded-panel border border-line">
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
          {deliveries.map((delivery) => (
            <tr
              key={delivery.id}
              data-id={delivery.id}
              className={delivery.id === open ? 'bg-selection' : 'hover:bg-surface'}
            >
              <td className={classNames('px-3 whitespace-nowrap text-text-2', WIDE)} title={delivery.created_at}>
                {minuteOf(delivery.created_at)}
              </td>
              <td
                className="h-8 max-w-[320px] truncate px-3 @max-lg:max-w-[190px] @max-lg:py-1.5"
                title={delivery.document ?? undefined}
              >
                <Link
                  from="/deliveries"
                  search={(before) => ({ ...before, id: delivery.id })}
                  className="font-mono text-code hover:underline"
                >
                  {delivery.event}
                </Link>
                <span className="ml-2 text-sm text-text-2">{delivery.document}</span>
                <span className="hidden truncate text-sm text-text-2 @max-lg:block">to {delivery.endpoint}</span>
              </td>
              <td className="px-3">
                <DeliveryStateBadge delivery={delivery} />
              </td>
              <td className={classNames('max-w-[200px] truncate px-3 font-mono text-code text-text-2', WIDE)}>
                {delivery.endpoint}
              </td>
              <td className={classNames('px-3 text-right', NARROW)}>{delivery.attempts.length}</td>
              <td className={classNames('max-w-[260px] truncate px-3', NARROW)}>
                <LastAnswer delivery={delivery} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

function LastAnswer({ delivery: { attempts } }: { readonly delivery: ListedDelivery }) {
  const last = attempts.at(-1)
  if (last === undefined) return null
  const text = last.ok ? `${last.status} after ${durationText(last.ms)}` : (last.error ?? '')
  return (
    <span className={last.ok ? 'text-text-2' : 'text-danger-text'} title={text}>
      {text}
    </span>
  )
}
