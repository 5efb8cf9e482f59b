import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { climbs, type Rung } from './ladder'

const RUNGS: readonly Rung[] = ['queued', 'sent', 'failed', 'delivered', 'bounced', 'complained']
const rung = fc.constantFrom(...RUNGS)
const after = (reports: readonly Rung[]) => reports.reduce((now, next) => (climbs(now, next) ? next : now), 'queued')

test('queued < sent < failed < delivered < bounced < complained', () => {
  for (const [low, from] of RUNGS.entries())
    for (const [high, to] of RUNGS.entries()) expect([from, to, climbs(from, to)]).toEqual([from, to, low < high])
})

test('where a mail ends does not depend on the order of what is said of it, nor on how often', () => {
  fc.assert(
    fc.property(fc.array(rung, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 12 }), (reports, order) => {
      const shuffled = reports
        .map((report, index) => ({ report, at: order[index] ?? 0 }))
        .toSorted((one, other) => one.at - other.at)
        .map(({ report }) => report)
      expect(after(shuffled)).toBe(after(reports))
      expect(after([...reports, ...shuffled])).toBe(after(reports))
    }),
  )
})
