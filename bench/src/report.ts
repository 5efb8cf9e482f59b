import type { JobResult } from './job'
import type { Cell, Measurements, Scenario } from './scenario'

/** A scenario's result as a table in Markdown: medians of the repetitions, and ratios within this run. */
export function report(scenario: Scenario, cells: readonly Cell[]): string {
  const lines = [`## ${scenario.id} ${scenario.title}`, '']
  const loads = cells.filter((cell): cell is LoadCell => 'latency' in cell.result)
  lines.push(...(loads.length > 0 ? loadTable(loads, scenario) : measurementTable(cells as readonly MeasuredCell[])))
  for (const { cell, peer, repetition, result } of loads) {
    for (const [reason, count] of Object.entries(result.failures))
      lines.push(`- **failed**: ${peer}, ${cell}, repetition ${repetition + 1}: ${count} × ${reason}`)
    if (result.generatorLoad > 0.95 && scenario.id !== 'S5')
      lines.push(`- the generator was at its limit: ${peer}, ${cell}, repetition ${repetition + 1}`)
  }
  return `${lines.join('\n')}\n`
}

type LoadCell = Cell & { readonly result: JobResult }
type MeasuredCell = Cell & { readonly result: Measurements }

function loadTable(cells: readonly LoadCell[], scenario: Scenario): readonly string[] {
  const documents = scenario.id === 'S6'
  const header = [
    'load',
    'server',
    documents ? 'documents/s' : 'requests/s',
    'koyalite is',
    'p50 ms',
    'p95 ms',
    'p99 ms',
    'read p99 ms',
    'write p99 ms',
    'server µs',
    'failed',
    'generator',
  ]
  const lines = [row(header), row(header.map((_, index) => (index < 2 ? '---' : '---:')))]
  for (const [name, rows] of groupBy(cells, (cell) => cell.cell)) {
    const byPeer = groupBy(rows, (cell) => cell.peer)
    const rate = (of: readonly LoadCell[]) =>
      median(of.map(({ result }) => (result.requests / result.seconds) * (documents ? 50 : 1)))
    const ours = byPeer.get('koyalite')
    for (const [peer, repetitions] of byPeer) {
      const of = (read: (result: JobResult) => number) =>
        median(repetitions.map(({ result }) => read(result))).toFixed(2)
      const failed = repetitions.reduce(
        (sum, { result }) => sum + Object.values(result.failures).reduce((a, b) => a + b, 0),
        0,
      )
      const ratio = ours === undefined || peer === 'koyalite' ? '' : `${(rate(ours) / rate(repetitions)).toFixed(2)} ×`
      lines.push(
        row([
          name,
          peer,
          Math.round(rate(repetitions)).toLocaleString('en'),
          ratio,
          of((result) => result.latency.p50),
          of((result) => result.latency.p95),
          of((result) => result.latency.p99),
          of((result) => result.reads?.p99 ?? 0),
          of((result) => result.writes?.p99 ?? 0),
          of((result) => result.serverMicroseconds ?? 0),
          String(failed),
          of((result) => result.generatorLoad),
        ]),
      )
    }
  }
  return lines
}

function measurementTable(cells: readonly MeasuredCell[]): readonly string[] {
  const names = [...new Set(cells.flatMap((cell) => Object.keys(cell.result.measured)))]
  const lines = [row(['server', ...names]), row(['---', ...names.map(() => '---:')])]
  for (const [peer, rows] of groupBy(cells, (cell) => cell.peer)) {
    lines.push(
      row([peer, ...names.map((name) => median(rows.flatMap(({ result }) => result.measured[name] ?? [])).toFixed(1))]),
    )
  }
  return lines
}

/** Of the middle; 0 of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

function groupBy<T>(values: readonly T[], key: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const value of values) groups.set(key(value), [...(groups.get(key(value)) ?? []), value])
  return groups
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
