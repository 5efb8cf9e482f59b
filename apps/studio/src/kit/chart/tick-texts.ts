import { numberText } from '../quantities'
import type { ChartX } from './chart-series'

const MINUTE = 60_000
const DAY = 86_400_000

/** What stands at the ticks of the x axis: null leaves one out. */
export function tickTexts(x: ChartX, splits: readonly number[]): (string | null)[] {
  switch (x.kind) {
    case 'text':
      return splits.map((index) => shortened(x.values[index] ?? ''))
    case 'number':
      return splits.map((value) => numberText(value))
    case 'time':
      return timeTexts(splits)
  }
}

/** One moment in full: what the crosshair is at. */
export function positionText(x: ChartX, index: number): string {
  if (x.kind === 'text') return x.values[index] ?? ''
  const value = x.values[index]
  if (value === undefined) return ''
  if (x.kind === 'number') return value.toLocaleString('en', { maximumFractionDigits: 6 })
  const text = new Date(value).toISOString()
  return `${text.slice(0, 10)} ${text.slice(11, value % MINUTE === 0 ? 16 : 19)} Z`
}

/** Times of UTC; the day where one begins. */
function timeTexts(splits: readonly number[]): string[] {
  const step = splits.length > 1 ? (splits[1] as number) - (splits[0] as number) : DAY
  return splits.map((at) => {
    const text = new Date(at).toISOString()
    if (step >= DAY || at % DAY === 0) return text.slice(5, 10)
    return text.slice(11, step >= MINUTE ? 16 : 19)
  })
}

function shortened(text: string): string {
  return text.length > 18 ? `${text.slice(0, 17)}…` : text
}
