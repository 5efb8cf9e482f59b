import { Link } from '@tanstack/react-router'
import { classNames } from '../class-names'
import { positionText } from './tick-texts'
import { isLatestRange, LATEST_RANGES, type LatestRange, timeRange } from './time-range'

const NAMES: Readonly<Record<LatestRange, string>> = { '1h': 'Hour', '24h': 'Day', '7d': 'Week' }

/** The last hour, day or week, as links; and what was dragged over, until another is chosen. */
export function RangeLinks({ range }: { readonly range: string }) {
  return (
    <nav aria-label="Time" className="flex items-center gap-2">
      {!isLatestRange(range) && <span className="text-text-2 max-md:hidden">{chosenText(range)}</span>}
      <div className="flex rounded-control border border-control p-0.5">
        {(Object.keys(LATEST_RANGES) as LatestRange[]).map((one) => (
          <Link
            key={one}
            to="."
            // Every page that shows these links has the parameter.
            search={((previous: object) => ({ ...previous, range: one })) as never}
            aria-current={range === one ? 'true' : undefined}
            className={classNames(
              'inline-flex h-6.5 items-center rounded-mark px-2.5 max-sm:h-8.5',
              range === one ? 'bg-accent-soft font-medium text-link' : 'text-text-2 hover:bg-sunken hover:text-text',
            )}
          >
            {NAMES[one]}
          </Link>
        ))}
      </div>
    </nav>
  )
}

function chosenText(range: string): string {
  const { from, to } = timeRange(range, 0)
  const [start, end] = [from, to].map((at) => positionText({ kind: 'time', values: [at] }, 0))
  return from - (from % 86_400_000) === to - (to % 86_400_000)
    ? `${start?.replace(' Z', '')} – ${end?.slice(11)}`
    : `${start} – ${end}`
}
