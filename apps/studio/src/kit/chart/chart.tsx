import { lazy, Suspense, useId, useState } from 'react'
import { classNames } from '../class-names'
import { numberText } from '../quantities'
import { Skeleton } from '../states'
import { type ChartMark, type ChartSeries, type ChartX, colorOf } from './chart-series'
import { ChartTable } from './chart-table'
import { positionText } from './tick-texts'

const Plot = lazy(() => import('./plot').then((loaded) => ({ default: loaded.Plot })))

export interface ChartProps {
  readonly title: string
  readonly x: ChartX
  /** At most six: more is a table. */
  readonly series: readonly ChartSeries[]
  /** Areas and bars upon one another. @default false */
  readonly isStacked?: boolean
  /** A value with its unit: `84 ms`. @default numbers */
  readonly format?: (value: number) => string
  readonly marks?: readonly ChartMark[]
  /** Charts of one group share the crosshair. */
  readonly group?: string
  /** Of its title. @default 'h2' */
  readonly level?: 'h2' | 'h3'
  /** Pixels, of the plot. @default 160 */
  readonly height?: number
  /** Somebody has dragged over a part of x. Without it nothing can be dragged. */
  readonly onZoom?: (from: number, to: number) => void
  /** Somebody has clicked at an x value, or pressed Enter there. @param index of x */
  readonly onPoint?: (index: number) => void
}

const NO_MARKS: readonly ChartMark[] = []

/**
 * A chart over time, numbers or names, with the values under the crosshair above it and all of them in a table. What draws is loaded with
 * the first one.
 */
export function Chart(props: ChartProps) {
  const {
    title,
    level: Heading = 'h2',
    x,
    series,
    isStacked = false,
    format = numberText,
    marks = NO_MARKS,
    group,
    height = 160,
  } = props
  const [index, setIndex] = useState<number | null>(null)
  const [isTable, setTable] = useState(false)
  const id = useId()
  const isEmpty = x.values.length === 0
  return (
    <section aria-labelledby={id} className="flex min-w-0 flex-col gap-2">
      <div className="flex min-h-6 flex-wrap items-center gap-x-4 gap-y-1">
        <Heading id={id} className="text-md font-semibold">
          {title}
        </Heading>
        <Values {...{ x, series, index, format }} />
        <button
          type="button"
          aria-expanded={isTable}
          onClick={() => setTable(!isTable)}
          className="ml-auto rounded-control px-2 py-0.5 text-sm text-text-2 hover:bg-sunken hover:text-text"
        >
          {isTable ? 'Show as chart' : 'Show as table'}
        </button>
      </div>
      {isTable ? (
        <ChartTable label={title} {...{ x, series, format }} />
      ) : isEmpty ? (
        <p className="grid place-items-center rounded-control bg-surface text-text-2" style={{ height }}>
          Nothing was measured in this time.
        </p>
      ) : (
        <Suspense
          fallback={
            <div style={{ height }}>
              <Skeleton className="h-full w-full" />
            </div>
          }
        >
          <Plot
            {...{ x, series, isStacked, format, marks, group, height }}
            label={title}
            onCursor={setIndex}
            onZoom={props.onZoom}
            onPoint={props.onPoint}
          />
        </Suspense>
      )}
      {!isTable && marks.length > 0 && <Marks marks={marks} />}
    </section>
  )
}

interface ValuesProps {
  readonly x: ChartX
  readonly series: readonly ChartSeries[]
  readonly index: number | null
  format(value: number): string
}

/** What the series are, and their values under the crosshair. */
function Values({ x, series, index, format }: ValuesProps) {
  return (
    <p
      aria-live="polite"
      className="flex flex-wrap content-start items-center gap-x-4 gap-y-1 text-sm text-text-2 max-sm:order-last max-sm:min-h-9 max-sm:w-full"
    >
      {series.map((one, i) => (
        <span key={one.name} className="inline-flex items-center gap-1.5 whitespace-nowrap">
          <Swatch series={one} index={i} />
          {one.name}
          {index !== null && <span className="font-medium text-text">{valueText(one.values[index], format)}</span>}
        </span>
      ))}
      {index !== null && <span className="whitespace-nowrap">{positionText(x, index)}</span>}
    </p>
  )
}

function valueText(value: number | null | undefined, format: (value: number) => string): string {
  return value == null ? '–' : format(value)
}

/** A piece of its line, or a square of its fill. */
function Swatch({ series, index }: { readonly series: ChartSeries; readonly index: number }) {
  const color = colorOf(series, index)
  const isLine = series.kind === undefined || series.kind === 'line'
  return (
    <svg aria-hidden="true" width={isLine ? 16 : 8} height={8} className={STROKES[color]}>
      {isLine ? (
        <line x1={0} x2={16} y1={4} y2={4} stroke="currentColor" strokeWidth={2} strokeDasharray={DASHES[color]} />
      ) : (
        <rect width={8} height={8} rx={series.kind === 'points' ? 4 : 1} fill="currentColor" />
      )}
    </svg>
  )
}

const STROKES = {
  ...{ 1: 'text-chart-1', 2: 'text-chart-2', 3: 'text-chart-3' },
  ...{ 4: 'text-chart-4', 5: 'text-chart-5', 6: 'text-chart-6' },
} as const

/** As `dashOf`, in the sixteen pixels of a swatch. */
const DASHES = { 1: undefined, 2: '6 4', 3: '2 3', 4: '8 3 2 3', 5: '12 4', 6: '4 2' } as const

function Marks({ marks }: { readonly marks: readonly ChartMark[] }) {
  return (
    <ul aria-label="Marks" className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-text-2">
      {marks.map(({ at, text }) => (
        <li key={`${at} ${text}`} className={classNames('before:mr-1.5 before:text-xs before:content-["▼"]')}>
          {positionText({ kind: 'time', values: [at - (at % 60_000)] }, 0)} · {text}
        </li>
      ))}
    </ul>
  )
}
