import { afterAll, beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { bind, sql } from '../sql/sql-fragment'
import { type Fixture, openFixture } from '../testing/open-fixture'
import { compareText } from './compare-text'
import { likePattern } from './like-pattern'

let db: Fixture
beforeAll(async () => {
  db = await openFixture('version: 1')
})
afterAll(() => db.close())

const unit = fc.constantFrom('%', '_', 'a', 'A', 'b', 'é', 'É', '😀', '\\', '\uffee', '\n')
const text = fc.array(unit, { maxLength: 8 }).map((units) => units.join(''))

test('matches what LIKE matches', () => {
  fc.assert(
    fc.property(text, text, (value, pattern) => {
      const [row] = db.all(sql`SELECT ${bind(value)} LIKE ${bind(pattern)}`)
      expect(likePattern(pattern)(value)).toBe(row?.[0] === 1)
    }),
    { numRuns: 2000 },
  )
})

test('many wildcards over a long text take no time to speak of', () => {
  expect(likePattern(`${'%a'.repeat(200)}%b`)('a'.repeat(20_000))).toBe(false)
})

test('text is ordered as SQLite orders it', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      const [row] = db.all(sql`SELECT (${bind(a)} > ${bind(b)}) - (${bind(a)} < ${bind(b)})`)
      expect(Math.sign(compareText(a, b))).toBe(Number(row?.[0]))
    }),
    { numRuns: 2000 },
  )
})
