import { expect, test } from 'bun:test'
import { numberFidelity } from '@koyalite/contracts'
import fc from 'fast-check'
import { loadDriver } from '../driver/driver'

test('what SQLite prints of a float is read as that float again', () => {
  const database = new (loadDriver())(':memory:', {})
  const print = database.prepare('SELECT json_array(x) FROM (SELECT CAST(? AS REAL) AS x)').raw(true)
  const float = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.double({ min: -1000, max: 1000, noNaN: true }),
    fc.integer().map((value) => value / 3),
    fc.integer({ min: 0, max: 1e9 }).map((value) => value / 1e4),
    fc
      .tuple(fc.integer({ min: 1, max: 2 ** 50 }), fc.integer({ min: -290, max: 290 }))
      .map(([digits, exponent]) => Number(`${digits}e${exponent}`)),
  )
  fc.assert(
    fc.property(float, (value) => {
      const text = String(print.get([value])?.[0]).slice(1, -1)
      expect(Number(text)).toBe(value + 0)
      expect({ text, fidelity: numberFidelity(text) }).not.toEqual({ text, fidelity: 'inexact' })
    }),
    { numRuns: 20_000 },
  )
  database.close()
})
