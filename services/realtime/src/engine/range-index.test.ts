import { expect, test } from 'bun:test'
import type { LiveRange } from '@koyalite/query'
import fc from 'fast-check'
import { RangeIndex } from './range-index'

const bounds = [
  fc.option(fc.integer({ min: -5, max: 5 })),
  fc.option(fc.constantFrom('', 'a', 'ab', 'b', '\uffee', '😀')),
] as const

test.each(bounds.map((bound, index) => [index === 0 ? 'numbers' : 'text', bound] as const))(
  'R1 a value finds the ranges that it is in, and no others: %s',
  (_name, bound) => {
    const range = fc.record({ from: bound as fc.Arbitrary<never>, to: bound as fc.Arbitrary<never> })
    fc.assert(
      fc.property(fc.array(fc.tuple(range, fc.boolean())), bound as fc.Arbitrary<never>, (ranges, value) => {
        const index = new RangeIndex<number>()
        const all = ranges.map(([{ from, to }]) => ({ field: null as never, from, to }) satisfies LiveRange)
        for (const [n, one] of all.entries()) index.add(n, one)
        for (const [n, one] of all.entries()) if (ranges[n]?.[1]) index.remove(n, one)
        const isIn = ({ from, to }: LiveRange) =>
          value !== null && (from === null || inOrder(from, value)) && (to === null || inOrder(value, to))
        const expected = all.flatMap((one, n) => {
          const isAny = one.from === null && one.to === null
          return !ranges[n]?.[1] && !isAny && isIn(one) ? [n] : []
        })
        expect([...index.having(value)].toSorted((a, b) => a - b)).toEqual(expected)
      }),
    )
  },
)

/** Text by its bytes, as SQLite has it. */
function inOrder(a: string | number, b: string | number): boolean {
  return typeof a === 'number' ? a <= Number(b) : Buffer.compare(Buffer.from(a), Buffer.from(String(b))) <= 0
}
