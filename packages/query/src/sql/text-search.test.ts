import { afterAll, describe, expect, test } from 'bun:test'
import { measureWork } from '@koyalite/contracts'
import { openDatabase } from '@koyalite/sqlite'
import { bound } from './deferred-sql'
import { constant } from './sql-fragment'
import { SQL_FUNCTIONS } from './sql-functions'
import { containsText, likeText, NATIVE_SEARCH, SEARCH_FUNCTIONS } from './text-search'

const database = await openDatabase({ path: ':memory:', functions: SQL_FUNCTIONS })
afterAll(() => database.close())

const TEXTS = ['', 'a', 'aB', 'x'.repeat(100), `${'ab'.repeat(60)}c`, 'é\u{1F600}z', '%_', '10', 'a\nb']
const column = constant('"t"."value"')

function found({
  text,
  params,
}: {
  text: string
  params: readonly (string | number | bigint | null | Uint8Array)[]
}): unknown[] {
  const rows = database.all({
    text: `SELECT ${text} FROM (SELECT value FROM json_each(?)) AS t`,
    params: [...params, JSON.stringify([...TEXTS, null])],
  })
  return rows.flat()
}

describe('long searches come to the same as those of SQLite', () => {
  const [contains, like] = SEARCH_FUNCTIONS
  test.each([...TEXTS, 'b', 'B', '😀', 'ba'.repeat(40), 'x'.repeat(70), `${'ab'.repeat(33)}c`])(
    'contains %p',
    (part) => {
      const native = found({ text: 'instr(value, ?) > 0', params: [part] })
      expect(found({ text: 'koyalite_contains(value, ?)', params: [part] })).toEqual(native)
      expect(found(bound(containsText(column, part)))).toEqual(native)
      expect(contains?.fn('x', null)).toBeNull()
    },
  )

  test.each(['%', '', 'A%', '%b', '_', '%_%', `${'%a'.repeat(20)}%`, `${'_'.repeat(100)}`, '%😀_'])(
    'like %p',
    (pattern) => {
      const native = found({ text: 'value LIKE ?', params: [pattern] })
      expect(found({ text: 'koyalite_like(value, ?)', params: [pattern] })).toEqual(native)
      expect(found(bound(likeText(column, pattern)))).toEqual(native)
      expect(like?.fn(new Uint8Array([97]), 'a')).toBe(0)
    },
  )
})

test('the work of a search for a long text grows as the text does', () => {
  const part = `${'a'.repeat(NATIVE_SEARCH)}b`
  const spent = (length: number) => measureWork(() => SEARCH_FUNCTIONS[0]?.fn('a'.repeat(length), part))
  expect(spent(200_000)).toBeLessThanOrEqual(2 * spent(100_000))
})
