import uPlot from 'uplot'
import {
  type ChartMark,
  type ChartSeries,
  type ChartX,
  colorOf,
  dashOf,
  positionsOf,
  stackedValues,
} from './chart-series'
import type { PlotColors } from './plot-colors'
import { tickTexts } from './tick-texts'

export interface Plotted {
  readonly x: ChartX
  readonly series: readonly ChartSeries[]
  readonly isStacked: boolean
  readonly marks: readonly ChartMark[]
  readonly format: (value: number) => string
  /** Charts of one group share the crosshair. */
  readonly group: string | undefined
  readonly isZoomable: boolean
}

const FONT = '500 11px system-ui, sans-serif'
/** Of the column that an x value has, what its bars take. */
const BARS_SHARE = 0.8
/** Names, from which on their bars have all of that. */
const FULL_WIDTH_FROM = 8

/** What uPlot draws: x, then the series; of stacked ones the highest first, so that each lies before what is above it. */
export function plotData({ x, series, isStacked }: Pick<Plotted, 'x' | 'series' | 'isStacked'>): uPlot.AlignedData {
  const values = isStacked ? stackedValues(series).toReversed() : series.map((one) => one.values)
  return [positionsOf(x), ...values] as uPlot.AlignedData
}

/** What is shown of x: what is asked for, or all that there is, with half a column beside the bars of the ends. */
export function plotDomain({ x, series }: Pick<Plotted, 'x' | 'series'>): {
  readonly min: number
  readonly max: number
} {
  const at = positionsOf(x)
  const first = at[0] ?? 0
  const last = at.at(-1) ?? 1
  const hasBars = series.some(({ kind }) => kind === 'bars')
  const beside = hasBars || x.kind === 'text' ? columnWidth(at) / 2 : 0
  const min = (x.kind === 'time' ? x.from : undefined) ?? first - beside
  const max = (x.kind === 'time' ? x.to : undefined) ?? last + beside
  return max > min ? { min, max } : { min: min - 0.5, max: max + 0.5 }
}

export function plotOptions(plotted: Plotted, colors: PlotColors): Omit<uPlot.Options, 'width' | 'height'> {
  const { x, series, isStacked, marks, format, group, isZoomable } = plotted
  const drawn = series.map((one, index) => ({ one, index }))
  return {
    // Milliseconds.
    ms: 1,
    tzDate: (at) => uPlot.tzDate(new Date(at), 'Etc/UTC'),
    legend: { show: false },
    // A time at the right end has half of its text beyond it.
    padding: [8, 20, 0, 0],
    cursor: {
      y: false,
      drag: { x: isZoomable, y: false, setScale: false },
      points: { size: 7, fill: (u, i) => strokeOf(u, i), stroke: () => colors.canvas },
      ...(group !== undefined && {
        sync: { key: group, filters: { pub: (type: string) => type === 'mousemove' || type === 'mouseleave' } },
      }),
    },
    scales: {
      x: { time: x.kind === 'time', range: (_, min, max) => [min, max] },
      y: { range: (_, min, max) => rangeOfY(min, max) },
    },
    axes: [
      {
        stroke: colors.text,
        font: FONT,
        size: 28,
        grid: { show: false },
        ticks: { stroke: colors.line, width: 1, size: 4 },
        values: (_, splits) => tickTexts(x, splits),
        ...(x.kind === 'text' && { splits: () => positionsOf(x) as number[], space: 60 }),
      },
      {
        stroke: colors.text,
        font: FONT,
        size: (_, texts) => Math.max(40, 10 + 6.5 * Math.max(0, ...(texts ?? []).map((text) => text.length))),
        space: 36,
        grid: { stroke: colors.line, width: 1 },
        ticks: { show: false },
        ...(countsOnly(series) && { incrs: WHOLE_STEPS.toSorted((a, b) => a - b) }),
        values: (_, splits) => splits.map((value) => format(value)),
      },
    ],
    series: [
      {},
      ...(isStacked ? drawn.toReversed() : drawn).map(({ one, index }) => seriesOptions(one, index, plotted, colors)),
    ],
    hooks: { draw: [(u) => drawMarks(u, marks, colors)] },
  }
}

function seriesOptions(
  one: ChartSeries,
  index: number,
  { x, series, isStacked }: Plotted,
  colors: PlotColors,
): uPlot.Series {
  const color = colorOf(one, index)
  const stroke = colors.series[color]
  const { kind = 'line' } = one
  const points = { size: 5, fill: stroke, stroke }
  switch (kind) {
    case 'line':
      return { stroke, width: 1.5, dash: [...dashOf(color)], points: { ...points, show: true, filter: isolated } }
    case 'area':
      return {
        ...{ stroke, width: 1.5, points: { ...points, show: true, filter: isolated } },
        // Of stacked ones, what lies below must not shine through.
        fill: isStacked ? mixed(stroke, colors.canvas) : withAlpha(stroke, 0.14),
      }
    case 'points':
      return { stroke, width: 0, paths: () => null, points: { ...points, show: true, size: 6 } }
    case 'bars': {
      const bars = series.filter((other) => other.kind === 'bars')
      return {
        ...{ stroke, width: 0, fill: stroke, points: { show: false } },
        paths: isStacked ? barPaths(x, 0, 1) : barPaths(x, bars.indexOf(one), bars.length),
      }
    }
  }
}

/** Bars of several series stand side by side. */
function barPaths(x: ChartX, place: number, count: number): uPlot.Series.PathBuilder {
  const at = positionsOf(x)
  const column = columnWidth(at)
  // Two bars of names would be as wide as half of the page.
  const share = BARS_SHARE * (x.kind === 'text' ? Math.min(1, at.length / FULL_WIDTH_FROM) : 1)
  const width = (column * share) / count
  const shift = -(column * share) / 2 + place * width
  const bars = uPlot.paths.bars
  if (bars === undefined) throw new Error('uPlot draws no bars')
  return bars({
    disp: {
      x0: { unit: 1, values: () => at.map((position) => position + shift) },
      size: { unit: 1, values: () => at.map(() => width) },
    },
  })
}

/** The least distance of two x values. */
function columnWidth(at: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = 1; i < at.length; i++) {
    const distance = (at[i] as number) - (at[i - 1] as number)
    if (distance > 0 && distance < least) least = distance
  }
  return Number.isFinite(least) ? least : 1
}

/** From zero, unless something is below it; never empty. */
function rangeOfY(min: number | null, max: number | null): [number, number] {
  const low = Math.min(0, min ?? 0)
  const high = Math.max(0, max ?? 0)
  return high - low === 0 ? [0, 1] : [low < 0 ? low * 1.08 : 0, high * 1.08]
}

/** A value without neighbours has no line: it is shown as a dot. */
function isolated(u: uPlot, seriesIndex: number): number[] {
  const values = u.data[seriesIndex] ?? []
  const found: number[] = []
  for (let i = 0; i < values.length; i++) {
    if (values[i] != null && values[i - 1] == null && values[i + 1] == null) found.push(i)
  }
  return found
}

/** What counts things has no ticks at halves. */
const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500].flatMap((step) => [step, step * 1e3, step * 1e6, step * 1e9])

/** Whether all values are whole numbers. */
export function countsOnly(series: readonly ChartSeries[]): boolean {
  return series.every(({ values }) => values.every((value) => value === null || Number.isInteger(value)))
}

function strokeOf(u: uPlot, seriesIndex: number): string {
  const stroke = u.series[seriesIndex]?.stroke
  return String(typeof stroke === 'function' ? stroke(u, seriesIndex) : (stroke ?? ''))
}

function drawMarks(u: uPlot, marks: readonly ChartMark[], { text }: PlotColors): void {
  const { ctx, bbox } = u
  ctx.save()
  ctx.strokeStyle = text
  ctx.fillStyle = text
  ctx.lineWidth = devicePixelRatio
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio])
  for (const { at } of marks) {
    const left = u.valToPos(at, 'x', true)
    if (left < bbox.left || left > bbox.left + bbox.width) continue
    const size = 4 * devicePixelRatio
    ctx.beginPath()
    ctx.moveTo(left, bbox.top)
    ctx.lineTo(left, bbox.top + bbox.height)
    ctx.stroke()
    ctx.beginPath()
    ctx.moveTo(left - size, bbox.top - size)
    ctx.lineTo(left + size, bbox.top - size)
    ctx.lineTo(left, bbox.top + size / 2)
    ctx.fill()
  }
  ctx.restore()
}

/** @param color as computed styles have it: `rgb(1, 2, 3)` */
function withAlpha(color: string, alpha: number): string {
  return color.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`)
}

function mixed(color: string, ground: string): string {
  const [a, b] = [color, ground].map((one) => (one.match(/\d+(\.\d+)?/g) ?? []).map(Number))
  return `rgb(${[0, 1, 2].map((i) => Math.round((a?.[i] ?? 0) * 0.35 + (b?.[i] ?? 0) * 0.65)).join(', ')})`
}
