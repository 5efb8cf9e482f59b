import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { READ_ALL, type ReadAccess } from '../access/read-access'
import { bound } from '../sql/deferred-sql'
import { columnOf, sql } from '../sql/sql-fragment'
import { type Fixture, openFixture, SCOPE } from '../testing/open-fixture'
import { parseListQuery } from './parse-list-query'
import { compilePositions, POSITION_STEP } from './position-map'

let db: Fixture

beforeAll(async () => {
  db = await openFixture(`
version: 1
collections:
  things:
    fields:
      id:    { type: string, primary: true }
      group: { type: int, nullable: true, index: true }
      odd:   { type: bool }
      text:  { type: string }
`)
  // Keys in no order, few groups and many ties; one document more than three steps.
  const docs = Array.from({ length: 3 * POSITION_STEP + 1 }, (_, index) => ({
    id: `k${(index * 7919) % 10_007}`,
    group: index % 7 === 0 ? null : index % 5,
    odd: index % 2 === 1,
    text: `t${index % 100}`,
  }))
  await db.insert('things', ...docs)
})
afterAll(() => db.close())

const OPEN: ReadAccess = READ_ALL
const HALF: ReadAccess = {
  ...READ_ALL,
  rows: () => ({ kind: 'where', sql: (alias) => sql`${columnOf(alias, 'odd')} = 1` }),
}

function positions(params: Record<string, string>, access: ReadAccess) {
  const query = parseListQuery(db.schema, db.collection('things'), new URLSearchParams(params), access, SCOPE)
  const map = compilePositions(query, access)
  return { total: db.all(bound(map.total))[0]?.[0], cursors: map.cursors(db.all(bound(map.marks))), map }
}

const keysOf = ({ docs }: { docs: readonly { id?: unknown }[] }) => docs.map(({ id }) => id)

describe('each cursor begins the page at its position', () => {
  for (const [access, name] of [[OPEN, 'all documents'] as const, [HALF, 'those that a rule opens'] as const]) {
    for (const params of [
      {},
      { sort: '-id' },
      { sort: 'group' },
      { sort: '-group,text' },
      { sort: 'text' },
      { filter: 'text:ne:t1' },
      { where: 'doc.group != 3', sort: '-text' },
      { filter: 'group:eq:null' },
    ] as Record<string, string>[]) {
      test(`${new URLSearchParams(params)} of ${name}`, () => {
        const { total, cursors } = positions(params, access)
        expect(total).toBe(db.list('things', { ...params, count: 'true' }, access).total)
        expect(cursors).toHaveLength(Math.floor(Number(total) / POSITION_STEP))
        for (const [index, cursor] of cursors.entries()) {
          const offset = String((index + 1) * POSITION_STEP)
          const jumped = db.list('things', { ...params, cursor, limit: '3' }, access)
          expect(keysOf(jumped)).toEqual(keysOf(db.list('things', { ...params, offset, limit: '3' }, access)))
        }
      })
    }
  }
})

test('in the order of keys, steps are counted in the index; otherwise no index is walked row by row', () => {
  const plan = (params: Record<string, string>) => db.plan(positions(params, OPEN).map.marks).join('; ')
  expect(plan({})).not.toContain('TEMP B-TREE')
  expect(plan({})).toContain('USING COVERING INDEX sqlite_autoindex_things_1 (id>?)')
  expect(plan({ sort: 'group' })).not.toContain('USING INDEX')
})
