import { CPU_FIGURE, figureAt, figuresOf, ratioOf } from './figures'
import type { Cell, Scenario } from './scenario'
import { judge, type Verdict } from './target'

/** A scenario's result in Markdown: its targets with what was reached of them, then medians of the repetitions. */
export function report(scenario: Scenario, cells: readonly Cell[]): string {
  const lines = [`## ${scenario.id} ${scenario.title}`, '']
  if (scenario.note !== undefined) lines.push(scenario.note, '')
  if (scenario.targets.length > 0) lines.push(...targetTable(verdictsOf(scenario, cells)), '')
  lines.push(...figureTable(cells))
  const remarks = [...(scenario.ladder ? ratesKept(cells) : []), ...failureLines(cells), ...limitLines(cells)]
  if (remarks.length > 0) lines.push('', ...remarks)
  return `${lines.join('\n')}\n`
}

/** All scenarios together: how many targets were met, and which were not. */
export function summary(results: readonly { readonly scenario: Scenario; readonly cells: readonly Cell[] }[]): string {
  const judged = results.flatMap(({ scenario, cells }) =>
    verdictsOf(scenario, cells).map((verdict) => ({ id: scenario.id, ...verdict })),
  )
  const marked = (mark: Verdict['mark']) => judged.filter((one) => one.mark === mark)
  const [missed, absent] = [marked('missed'), marked('not measured')]
  return [
    '## Targets',
    '',
    `${marked('met').length} met, ${missed.length} missed, ${absent.length} not measured.`,
    ...(missed.length === 0 ? [] : ['', row(['', 'missed', 'measured']), row(['---', '---', '---:'])]),
    ...missed.map((one) => row([one.id, one.target.says, measured(one)])),
  ].join('\n')
}

export function countFailures(cells: readonly Cell[]): number {
  return cells.reduce((sum, { result }) => sum + Object.values(result.failures).reduce((a, b) => a + b, 0), 0)
}

function verdictsOf(scenario: Scenario, cells: readonly Cell[]): readonly Verdict[] {
  return scenario.targets.map((target) => judge(target, cells))
}

function targetTable(verdicts: readonly Verdict[]): readonly string[] {
  return [
    row(['target', 'measured', '']),
    row(['---', '---:', '---']),
    ...verdicts.map((verdict) => row([verdict.target.says, measured(verdict), verdict.mark])),
  ]
}

function measured({ target, value }: Verdict): string {
  if (value === undefined) return '–'
  return target.over === undefined ? number(value) : `${number(value)} ×`
}

/** One line per row and server; `koyalite is` the ratio of what is done in a second, `its CPU` that of processor time for one request. */
function figureTable(cells: readonly Cell[]): readonly string[] {
  const places = new Map(cells.map((one) => [`${one.cell}\n${one.peer}`, one]))
  const figures = [...new Set(cells.flatMap((one) => Object.keys(figuresOf(one))))].filter(
    (figure) => figure !== 'kept',
  )
  const isLoad = figures.includes('per second')
  const header = ['load', 'server', ...(isLoad ? ['koyalite is', 'its CPU'] : []), ...figures, 'failed']
  return [
    row(header),
    row(header.map((_, index) => (index < 2 ? '---' : '---:'))),
    ...[...places.values()].map(({ cell, peer }) => {
      const ratio = (figure: string) => {
        const of = { cell, peer, figure }
        const value = peer === 'koyalite' ? undefined : ratioOf(cells, { ...of, peer: 'koyalite' }, of)
        return value === undefined ? '' : `${number(value)} ×`
      }
      const own = cells.filter((one) => one.cell === cell && one.peer === peer)
      return row([
        cell,
        peer,
        ...(isLoad ? [ratio('per second'), ratio(CPU_FIGURE)] : []),
        ...figures.map((figure) => {
          const value = figureAt(cells, { cell, peer, figure })
          return value === undefined ? '' : number(value)
        }),
        String(countFailures(own)),
      ])
    }),
  ]
}

/** Of open loops: the highest rate that each server kept, in most repetitions. */
function ratesKept(cells: readonly Cell[]): readonly string[] {
  return [...new Set(cells.map((one) => one.peer))].map((peer) => {
    const rows = [...new Set(cells.filter((one) => one.peer === peer).map((one) => one.cell))]
    const highest = rows.findLast((cell) => figureAt(cells, { cell, peer, figure: 'kept' }) === 1)
    return `- ${peer} keeps ${highest ?? 'none of the rates'}`
  })
}

function failureLines(cells: readonly Cell[]): readonly string[] {
  return cells.flatMap(({ cell, peer, repetition, result }) =>
    Object.entries(result.failures).map(
      ([reason, count]) => `- **failed**: ${peer}, ${cell}, repetition ${repetition + 1}: ${count} × ${reason}`,
    ),
  )
}

/** An open loop is always at its limit: it waits by turning. */
function limitLines(cells: readonly Cell[]): readonly string[] {
  return cells.flatMap((one) =>
    'kept' in one.result || (figuresOf(one).generator ?? 0) < 0.95
      ? []
      : [`- the generator was at its limit: ${one.peer}, ${one.cell}, repetition ${one.repetition + 1}`],
  )
}

/** Three digits that say something. */
function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
