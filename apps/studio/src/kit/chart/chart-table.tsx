import { ScrollRegion } from '../scroll-region'
import type { ChartSeries, ChartX } from './chart-series'
import { positionText } from './tick-texts'

export interface ChartTableProps {
  readonly label: string
  readonly x: ChartX
  readonly series: readonly ChartSeries[]
  format(value: number): string
}

/** The values of a chart, the newest first where they are of times. */
export function ChartTable({ label, x, series, format }: ChartTableProps) {
  const order = x.values.map((_, i) => i)
  if (x.kind === 'time') order.reverse()
  return (
    <ScrollRegion
      label={`Values of ${label}`}
      className="max-h-[320px] overflow-y-auto rounded-panel border border-line"
    >
      <table className="w-full text-left text-sm">
        <thead className="sticky top-0 bg-surface text-text-2">
          <tr>
            <th scope="col" className="h-8 px-3 font-medium">
              {X_NAMES[x.kind]}
            </th>
            {series.map(({ name }) => (
              <th key={name} scope="col" className="h-8 px-3 text-right font-medium whitespace-nowrap">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {order.map((index) => (
            <tr key={index}>
              <th scope="row" className="h-8 px-3 font-normal whitespace-nowrap">
                {positionText(x, index)}
              </th>
              {series.map(({ name, values }) => {
                const value = values[index]
                return (
                  <td key={name} className="h-8 px-3 text-right whitespace-nowrap">
                    {value == null ? <span className="text-text-3">–</span> : format(value)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

const X_NAMES = { time: 'Time', number: 'Value', text: 'Name' } as const
