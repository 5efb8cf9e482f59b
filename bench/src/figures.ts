import type { Cell } from './scenario'

/** User and system time of the server's processes for one request: the figure that a busy machine changes least. */
export const CPU_FIGURE = 'CPU µs/op'

/** The numbers of a cell by name. Loads have `per second` (documents, where a request has many), latencies, and what they cost. */
export function figuresOf({ result }: Cell): Readonly<Record<string, number>> {
  if ('measured' in result) return result.measured
  const { latency, reads, writes, serverMicroseconds, besidePerSecond } = result
  return {
    'per second': (result.requests * result.batchSize) / result.seconds,
    ...(serverMicroseconds === undefined ? {} : { [CPU_FIGURE]: serverMicroseconds }),
    'p50 ms': latency.p50,
    'p95 ms': latency.p95,
    'p99 ms': latency.p99,
    ...(reads.count > 0 && writes.count > 0 ? { 'read p99 ms': reads.p99, 'write p99 ms': writes.p99 } : {}),
    generator: result.generatorLoad,
    ...(result.kept === undefined ? {} : { kept: result.kept ? 1 : 0 }),
    ...(besidePerSecond === undefined ? {} : { 'logins/s': besidePerSecond }),
  }
}

/** One number of one row on one server. */
export interface Place {
  readonly cell: string
  readonly peer: string
  readonly figure: string
}

/** The median of the repetitions; undefined where nothing was measured. */
export function figureAt(cells: readonly Cell[], place: Place): number | undefined {
  return median([...byRepetition(cells, place).values()])
}

/** The median of the ratios within each repetition: what came one after the other had the same machine. */
export function ratioOf(cells: readonly Cell[], of: Place, over: Place): number | undefined {
  const others = byRepetition(cells, over)
  return median(
    [...byRepetition(cells, of)].flatMap(([repetition, value]) => {
      const other = others.get(repetition)
      return other === undefined || other === 0 ? [] : [value / other]
    }),
  )
}

/** Of the middle. */
function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}

function byRepetition(cells: readonly Cell[], { cell, peer, figure }: Place): ReadonlyMap<number, number> {
  return new Map(
    cells.flatMap((one) => {
      const value = figuresOf(one)[figure]
      return one.cell === cell && one.peer === peer && value !== undefined ? [[one.repetition, value] as const] : []
    }),
  )
}
