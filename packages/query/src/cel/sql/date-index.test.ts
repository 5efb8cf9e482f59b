import { afterAll, beforeAll, expect, test } from 'bun:test'
import { checkCondition } from '../check/check-cel'
import { NOBODY, openWorld, schemaOf, type World } from '../testing/test-world'
import { compileToSql } from './compile-sql'
import { findNobodies } from './sql-nobody'

let world: World
beforeAll(async () => {
  const schema = schemaOf(`
version: 1
collections:
  tasks:
    fields:
      id: { type: int, primary: true }
      due: { type: date, nullable: true, index: true }
      at: { type: timestamp, nullable: true, index: true }
`)
  world = await openWorld(schema, { tasks: [{ id: 1, due: '2026-01-02', at: '2026-01-02T00:00:00.000Z' }] })
})
afterAll(() => world.close())

function plan(source: string): string {
  const checked = checkCondition(source, world.scope('tasks'))
  const aliases = { doc: 'd0' }
  const nobodies = findNobodies(checked.root, { aliases }).of(NOBODY)
  const { text, params } = compileToSql(checked, { aliases, nobodies }).sql(NOBODY)
  const rows = world.db.all({ text: `EXPLAIN QUERY PLAN SELECT * FROM tasks AS d0 WHERE ${text}`, params: [...params] })
  return JSON.stringify(rows)
}

test.each([
  ["doc.due == date('2026-01-02')", 'due=?'],
  ['doc.due == today()', 'due=?'],
  ['doc.due >= today()', 'due>?'],
  ['doc.due > today() - 7 && doc.due < today() + 7', 'due>? AND due<?'],
  ["doc.at == timestamp('2026-01-02T00:00:00Z')", 'at=?'],
  ['doc.at >= timestamp(today())', 'at>?'],
  ["doc.due in [today(), date('2026-01-01')]", 'due=?'],
])('R14 %s keeps the index of its column', (source, search) => {
  expect(plan(source)).toContain(`(${search})`)
  expect(world.sqlTruths(source, 'tasks')).toEqual(world.jsTruths(source, 'tasks'))
})
