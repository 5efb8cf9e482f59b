import { describe, expect, test } from 'bun:test'
import { type Change, quoteName, type SqlValue } from '@koyalite/contracts'
import fc from 'fast-check'
import { type Database, openDatabase } from '../database'
import { sql } from '../testing/items'
import { type ColumnKind, changeTriggers, logUnchanged } from './change-triggers'

describe('change triggers', () => {
  test('F1 inserts, updates and deletes are logged in order, with what was before', async () => {
    const db = await withTable({ id: 'value', title: 'value' })
    await db.write((tx) => {
      tx.run(sql("INSERT INTO t VALUES ('a', 'x')"))
      tx.run(sql("UPDATE t SET title = 'y'"))
      tx.run(sql('DELETE FROM t'))
    })
    expect(brief(db)).toEqual([
      ['insert', 'a', null],
      ['update', 'a', { title: 'x' }],
      ['delete', 'a', { id: 'a', title: 'y' }],
    ])
    const at = db.feed.since(0, 1)?.[0]?.at ?? 0
    expect(Math.abs(Date.now() - at)).toBeLessThan(60_000)
  })

  test('F1 cascades and set null are logged', async () => {
    const db = await openDatabase({ path: ':memory:' })
    await db.migrate((tx) => {
      tx.exec('CREATE TABLE p (id INTEGER PRIMARY KEY)')
      tx.exec(
        'CREATE TABLE c (id INTEGER PRIMARY KEY, p REFERENCES p ON DELETE CASCADE, q REFERENCES p ON DELETE SET NULL)',
      )
      tx.exec('CREATE TABLE g (id INTEGER PRIMARY KEY, c REFERENCES c ON DELETE CASCADE)')
      log((text) => tx.exec(text), 'p', { id: 'value' })
      log((text) => tx.exec(text), 'c', { id: 'value', p: 'value', q: 'value' })
      log((text) => tx.exec(text), 'g', { id: 'value', c: 'value' })
    })
    await db.write((tx) => {
      tx.exec('INSERT INTO p VALUES (1), (2)')
      tx.exec('INSERT INTO c VALUES (10, 1, 2), (11, 2, 1)')
      tx.exec('INSERT INTO g VALUES (100, 10)')
    })
    const { seq } = await db.write((tx) => tx.run(sql('SELECT 1')))
    await db.write((tx) => tx.run(sql('DELETE FROM p WHERE id = 1')))
    const changes = db.feed.since(seq, 10) ?? []
    expect(changes.map(({ collection, op, docId }) => `${op} ${collection} ${docId}`).sort()).toEqual([
      'delete c 10',
      'delete g 100',
      'delete p 1',
      'update c 11',
    ])
  })

  test('F1 REPLACE logs the rows that it deletes; an upsert logs an update', async () => {
    const db = await withTable({ id: 'value', u: 'value' }, 'u UNIQUE')
    await db.write((tx) => {
      tx.exec("INSERT INTO t VALUES ('a', 1), ('b', 2)")
      tx.exec("INSERT OR REPLACE INTO t VALUES ('c', 2)")
      tx.exec("INSERT INTO t VALUES ('a', 5) ON CONFLICT (id) DO UPDATE SET u = excluded.u")
    })
    expect(brief(db).slice(2)).toEqual([
      ['delete', 'b', { id: 'b', u: 2 }],
      ['insert', 'c', null],
      ['update', 'a', { u: 1 }],
    ])
  })

  test('F2 an update that changes nothing is not logged', async () => {
    const db = await withTable({ id: 'value', a: 'value' })
    await db.write((tx) => {
      tx.exec("INSERT INTO t VALUES ('a', NULL), ('b', 1)")
      tx.exec('UPDATE t SET a = a')
      tx.exec("UPDATE t SET a = NULL, id = id WHERE id = 'a'")
    })
    expect(brief(db)).toHaveLength(2)
  })

  test('F2 one that counts all the same is logged, with nothing that was different', async () => {
    const columns = { id: 'value', b: 'bool', j: 'json' } as const
    const db = await withTable(columns)
    const logged = {
      collection: 't',
      table: 't',
      key: 'id',
      columns: Object.entries(columns).map(([column, kind]) => ({ column, kind })),
    }
    await db.write((tx) => {
      tx.exec("INSERT INTO t VALUES ('a', 1, '[1]')")
      tx.run(logUnchanged(logged, 'a'))
      tx.run(logUnchanged(logged, 'none'))
    })
    expect(brief(db).slice(1)).toEqual([['update', 'a', {}]])
  })

  test('F2 a table may have as many columns as SQLite allows', async () => {
    const columns = Object.fromEntries(Array.from({ length: 1990 }, (_, index) => [`c${index}`, 'value' as const]))
    const db = await withTable({ id: 'value', ...columns })
    await db.write((tx) => {
      tx.exec("INSERT INTO t (id) VALUES ('a')")
      tx.exec('UPDATE t SET c1989 = 1')
    })
    const changes = brief(db)
    expect(changes.map(([op]) => op)).toEqual(['insert', 'update'])
    expect(changes[1]?.[2]).toEqual({ c1989: null })
  })

  test('F2 a new key is a delete and an insert', async () => {
    const db = await withTable({ id: 'value', a: 'value' })
    await db.write((tx) => {
      tx.exec("INSERT INTO t VALUES ('a', 1)")
      tx.exec("UPDATE t SET id = 'b', a = 2")
    })
    expect(brief(db).slice(1)).toEqual([
      ['delete', 'a', { id: 'a', a: 1 }],
      ['insert', 'b', null],
    ])
  })

  test('F3 booleans and JSON keep their types, blobs are hex', async () => {
    const db = await withTable({ id: 'value', b: 'bool', j: 'json', x: 'blob' })
    await db.write((tx) => {
      tx.run(sql('INSERT INTO t VALUES (?, ?, ?, ?)', 'a', 1, '{"k":[1,"2",null]}', new Uint8Array([0, 255, 16])))
      tx.run(sql('INSERT INTO t VALUES (?, ?, ?, ?)', 'b', 0, '"text"', null))
      tx.run(sql('INSERT INTO t VALUES (?, ?, ?, ?)', 'c', null, null, new Uint8Array()))
      tx.run(sql('INSERT INTO t VALUES (?, ?, ?, ?)', 'd', 1, 'not json', 'text'))
      tx.run(sql('DELETE FROM t'))
    })
    expect(brief(db).slice(4)).toEqual([
      ['delete', 'a', { id: 'a', b: true, j: { k: [1, '2', null] }, x: '00FF10' }],
      ['delete', 'b', { id: 'b', b: false, j: 'text', x: null }],
      ['delete', 'c', { id: 'c', b: null, j: null, x: '' }],
      ['delete', 'd', { id: 'd', b: true, j: 'not json', x: 'text' }],
    ])
  })

  test('F3 an update has the columns that it changed, as they were', async () => {
    const db = await withTable({ id: 'value', b: 'bool', j: 'json', x: 'blob', 'odd "n\'': 'value', same: 'value' })
    await db.write((tx) => {
      tx.run(sql('INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)', 'a', 1, '{"k":[1]}', new Uint8Array([255]), 1.5, 7))
      tx.run(sql('UPDATE t SET b = 0'))
      tx.run(sql(`UPDATE t SET b = NULL, j = '[2]', x = NULL, "odd ""n'" = 'it''s "x"', same = 7`))
      tx.run(sql(`UPDATE t SET b = 1, j = NULL, x = x'00', "odd ""n'" = NULL`))
    })
    expect(brief(db).slice(1)).toEqual([
      ['update', 'a', { b: true }],
      ['update', 'a', { b: false, j: { k: [1] }, x: 'FF', 'odd "n\'': 1.5 }],
      ['update', 'a', { b: null, j: [2], x: null, 'odd "n\'': 'it\'s "x"' }],
    ])
  })

  for (const kind of ['value', 'bool', 'json', 'blob'] as const) {
    test(`F3 JSONB in a column of kind ${kind} is not taken for JSON`, async () => {
      const db = await withTable({ id: 'value', c: kind })
      await db.write((tx) => {
        tx.exec(`INSERT INTO t VALUES ('a', jsonb('{"admin":true}'))`)
        tx.exec('DELETE FROM t')
      })
      const [, , old] = brief(db).at(-1) ?? []
      expect((old as { c: unknown }).c).toBeString()
    })
  }

  test('F3 a table may have more columns than a function may have arguments', async () => {
    const names = Array.from({ length: 180 }, (_, n) => `c${n}`)
    const db = await withTable({ id: 'value', ...Object.fromEntries(names.map((name) => [name, 'value' as const])) })
    await db.write((tx) => {
      tx.run(sql(`INSERT INTO t VALUES ('a', ${names.map((_, n) => n).join(', ')})`))
      tx.exec('DELETE FROM t')
    })
    expect(brief(db).at(-1)?.[2]).toEqual({ id: 'a', ...Object.fromEntries(names.map((name, n) => [name, n])) })
  })

  test('F3 every value comes back as it was (property)', async () => {
    const db = await withTable({ 'odd "id\'': 'value', value: 'value' })
    const value = fc.oneof(
      fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
      fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constant(null),
    )
    await fc.assert(
      fc.asyncProperty(value, async (written: SqlValue) => {
        await db.write((tx) => {
          tx.run(sql('INSERT INTO t VALUES (?, ?)', 'a', written))
          tx.run(sql("UPDATE t SET value = x'00'"))
          tx.run(sql('UPDATE t SET value = ?', written))
          tx.run(sql('DELETE FROM t'))
        })
        const [updated, , deleted] = db.feed.since(db.feed.lastSeq - 3, 3) ?? []
        for (const change of [updated, deleted]) {
          // JSON has no -0.
          const { value } = JSON.parse(change?.old ?? '') as { value: unknown }
          expect(value).toBe(Object.is(written, -0) ? 0 : written)
        }
      }),
      { numRuns: 300 },
    )
  })
})

/** A table `t` with these columns, the first of them the key. */
async function withTable(kinds: Readonly<Record<string, ColumnKind>>, constraints = ''): Promise<Database> {
  const db = await openDatabase({ path: ':memory:' })
  const [key = '', ...rest] = Object.keys(kinds)
  const quoted = (name: string) => quoteName(name)
  const columns = rest.map((name) => (constraints.startsWith(`${name} `) ? constraints : quoted(name)))
  await db.migrate((tx) => {
    tx.exec(`CREATE TABLE t (${[`${quoted(key)} TEXT PRIMARY KEY`, ...columns].join(', ')})`)
    log((text) => tx.exec(text), 't', kinds, key)
  })
  return db
}

function log(
  exec: (text: string) => void,
  table: string,
  kinds: Readonly<Record<string, ColumnKind>>,
  key = 'id',
): void {
  const columns = Object.entries(kinds).map(([column, kind]) => ({ column, kind }))
  for (const trigger of changeTriggers({ collection: table, table, key, columns })) exec(trigger.sql)
}

function brief(db: Database): [Change['op'], Change['docId'], unknown][] {
  return (db.feed.since(0, 1000) ?? []).map(({ op, docId, old }) => [op, docId, old === null ? null : JSON.parse(old)])
}
