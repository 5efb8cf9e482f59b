/** One line, area, row of bars or cloud of points. */
export interface ChartSeries {
  readonly name: string
  /** One for each x; null where nothing is known, which leaves a gap. */
  readonly values: readonly (number | null)[]
  /** @default 'line' */
  readonly kind?: 'line' | 'area' | 'bars' | 'points'
  /** Which of the six colours, from 1. @default its place among the series */
  readonly color?: ChartColor
}

export type ChartColor = 1 | 2 | 3 | 4 | 5 | 6

/** What stands below the plot. */
export type ChartX =
  /** Milliseconds since 1970, ascending; shown in UTC. */
  | { readonly kind: 'time'; readonly values: readonly number[]; readonly from?: number; readonly to?: number }
  /** Ascending. */
  | { readonly kind: 'number'; readonly values: readonly number[] }
  | { readonly kind: 'text'; readonly values: readonly string[] }

/** A moment that people look for: a change of the schema, a deploy. */
export interface ChartMark {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly text: string
}

export function colorOf(series: ChartSeries, index: number): ChartColor {
  return series.color ?? (((index % 6) + 1) as ChartColor)
}

/** Beside colour, what tells lines apart; the first is solid. In pixels: drawn, left out. */
const DASHES: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [8, 3, 2, 3], [12, 4], [4, 2]]

export function dashOf(color: ChartColor): readonly number[] {
  return DASHES[color - 1] ?? []
}

/** The x positions as numbers: text has its index. */
export function positionsOf(x: ChartX): readonly number[] {
  return x.kind === 'text' ? x.values.map((_, i) => i) : x.values
}

/** Each series with those before it below it, as stacked areas and bars are drawn. */
export function stackedValues(series: readonly ChartSeries[]): readonly (readonly (number | null)[])[] {
  const below: number[] = []
  return series.map(({ values }) =>
    values.map((value, i) => {
      if (value === null) return null
      below[i] = (below[i] ?? 0) + value
      return below[i]
    }),
  )
}
