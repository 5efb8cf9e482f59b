import { Chart } from '../../kit/chart/chart'
import type { ChartSeries, ChartX } from '../../kit/chart/chart-series'
import { INPUT } from '../../kit/text-field'
import { cellText, isNumberCell } from './cell-text'
import type { SqlRow, StatementResult } from './run-sql'

const CHART_KINDS = ['bars', 'line', 'area', 'points'] as const
export type ChartKind = (typeof CHART_KINDS)[number]

/** How a result is drawn; kept with a saved query. Columns are named, so that it fits the next result too. */
export interface ChartChoice {
  readonly kind: ChartKind
  readonly x: string
  readonly y: readonly string[]
}

const NAMES: Readonly<Record<ChartKind, string>> = { bars: 'Bars', line: 'Line', area: 'Area', points: 'Scatter' }
const MAX_SERIES = 6
/** More points than pixels draw nothing that fewer would not. */
const MAX_POINTS = 5_000

export function readChart(value: unknown): ChartChoice | null {
  if (typeof value !== 'object' || value === null) return null
  const { kind, x, y } = value as { readonly kind?: unknown; readonly x?: unknown; readonly y?: unknown }
  const known = CHART_KINDS.find((one) => one === kind)
  if (known === undefined || typeof x !== 'string' || !Array.isArray(y)) return null
  return { kind: known, x, y: y.filter((one): one is string => typeof one === 'string') }
}

export interface ResultChartProps {
  readonly result: StatementResult
  readonly choice: ChartChoice | null
  onChoose(choice: ChartChoice): void
}

/** A chart of a result: one column below, up to six above it. */
export function ResultChart({ result, choice, onChoose }: ResultChartProps) {
  const names = result.columns.map(({ name }) => name)
  const numeric = names.filter((_, at) => result.rows.some((row) => isNumberCell(row[at])))
  const chosen = fitting(choice, names, numeric)
  if (chosen === null)
    return <p className="p-4 text-text-2">A chart needs a column of numbers, which this result does not have.</p>
  const { kind, x, y } = chosen
  return (
    <div className="flex h-full min-h-0 flex-col gap-3 overflow-y-auto p-4">
      <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
        <label className="flex flex-col gap-1 text-sm">
          Chart
          <select
            aria-label="Kind of chart"
            value={kind}
            onChange={({ target }) => onChoose({ ...chosen, kind: target.value as ChartKind })}
            className={INPUT}
          >
            {CHART_KINDS.map((one) => (
              <option key={one} value={one}>
                {NAMES[one]}
              </option>
            ))}
          </select>
        </label>
        <label className="flex flex-col gap-1 text-sm">
          Along
          <select
            aria-label="Along"
            value={x}
            onChange={({ target }) => onChoose({ ...chosen, x: target.value })}
            className={INPUT}
          >
            {names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <fieldset className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <legend className="mb-1 text-sm">Values</legend>
          {numeric.map((name) => (
            <label key={name} className="flex min-h-8 items-center gap-1.5">
              <input
                type="checkbox"
                className="size-4 accent-accent"
                checked={y.includes(name)}
                onChange={({ target }) =>
                  onChoose({
                    ...chosen,
                    y: target.checked ? [...y, name].slice(0, MAX_SERIES) : y.filter((one) => one !== name),
                  })
                }
              />
              {name}
            </label>
          ))}
        </fieldset>
      </div>
      <Chart title={`${y.join(', ')} by ${x}`} height={260} {...drawn(result, chosen)} />
      {result.rows.length > MAX_POINTS && (
        <p className="text-sm text-text-2">The chart shows the first {MAX_POINTS.toLocaleString('en')} rows.</p>
      )}
    </div>
  )
}

function fitting(choice: ChartChoice | null, names: readonly string[], numeric: readonly string[]): ChartChoice | null {
  if (numeric.length === 0) return null
  const x =
    choice !== null && names.includes(choice.x)
      ? choice.x
      : (names.find((name) => !numeric.includes(name)) ?? names[0] ?? '')
  const kept = choice?.y.filter((name) => numeric.includes(name)) ?? []
  const y =
    kept.length > 0
      ? kept
      : [numeric.find((name) => name !== x && name !== 'id') ?? numeric.find((name) => name !== x) ?? numeric[0] ?? '']
  return { kind: choice?.kind ?? 'bars', x, y }
}

const TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?$/

function drawn(
  { columns, rows }: StatementResult,
  { kind, x, y }: ChartChoice,
): { readonly x: ChartX; readonly series: readonly ChartSeries[] } {
  const at = (name: string) => columns.findIndex((column) => column.name === name)
  const shown = rows.slice(0, MAX_POINTS)
  const cells = shown.map((row) => row[at(x)])
  const isNumber = kind !== 'bars' && cells.every((cell) => isNumberCell(cell))
  const isTime = !isNumber && cells.length > 0 && cells.every((cell) => typeof cell === 'string' && TIME.test(cell))
  const positions = cells.map((cell) => (isTime ? Date.parse(cellText(cell)) : Number(cellText(cell))))
  // Numbers and times ascend; names stay in the order of the rows.
  const order = [...shown.keys()]
  if (isNumber || isTime) order.sort((one, other) => (positions[one] ?? 0) - (positions[other] ?? 0))
  const values = order.map((index) => positions[index] ?? 0)
  return {
    x: isTime
      ? { kind: 'time', values }
      : isNumber
        ? { kind: 'number', values }
        : { kind: 'text', values: order.map((index) => cellText(cells[index]) || 'null') },
    series: y.map((name) => ({ name, kind, values: order.map((index) => numberOf(shown[index] ?? [], at(name))) })),
  }
}

function numberOf(row: SqlRow, at: number): number | null {
  const cell = row[at]
  return isNumberCell(cell) ? Number(cellText(cell)) : null
}
