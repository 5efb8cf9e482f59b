import { describe, expect, test } from 'bun:test'
import { openDatabase } from '../database'
import { connect } from '../driver/connection'
import { CREATE_ITEMS, createItems, insertItem, itemIds, sql } from '../testing/items'
import { tempFolder } from '../testing/temp-folder'

describe('migrate', () => {
  test('W13 a table can be rebuilt under the references to it', async () => {
    const db = await withParents()
    await db.migrate((tx) => {
      tx.exec('CREATE TABLE new_p (id INTEGER PRIMARY KEY, name TEXT)')
      tx.exec("INSERT INTO new_p SELECT id, 'p' || id FROM p")
      tx.exec('DROP TABLE p')
      tx.exec('ALTER TABLE new_p RENAME TO p')
    })
    expect(db.all(sql('SELECT c.id, p.name FROM c JOIN p ON p.id = c.p'))).toEqual([[10, 'p1']])
    const orphan = db.write((tx) => tx.run(sql('INSERT INTO c VALUES (11, 99)')))
    expect(orphan).rejects.toMatchObject({ code: 'CONFLICT', kind: 'foreign_key' })
    await orphan.catch(() => {})
  })

  test('W13 one that would leave a broken reference changes nothing', async () => {
    const db = await withParents()
    const failed = await db.migrate((tx) => tx.exec('DELETE FROM p')).catch((error: unknown) => error)
    expect(String(failed)).toContain('c (row 10) → p')
    expect(db.get(sql('SELECT count(*) FROM p'))).toEqual([1])
    // And references are enforced again.
    expect(db.write((tx) => tx.run(sql('DELETE FROM p')))).rejects.toMatchObject({ kind: 'foreign_key' })
  })

  test('W13 references that were broken before are no obstacle, further ones are', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    // As another program may have left it: references to a table that is not there, to columns that are not unique, to missing rows.
    const other = connect({ path, mode: 'write' })
    other.pragma('foreign_keys = OFF')
    other.exec(`CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT);
      CREATE TABLE nowhere (id INTEGER PRIMARY KEY, q INTEGER REFERENCES q); INSERT INTO nowhere VALUES (1, 1);
      CREATE TABLE odd (id INTEGER PRIMARY KEY, name TEXT REFERENCES p (name));
      CREATE TABLE lost (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p); INSERT INTO lost VALUES (1, 99);`)
    other.close()
    const db = await openDatabase({ path })
    await db.migrate((tx) => tx.exec('ALTER TABLE lost ADD COLUMN extra'))
    await db.migrate((tx) => tx.exec('ALTER TABLE lost RENAME TO found'))
    const worse = db.migrate((tx) => tx.exec('INSERT INTO found VALUES (2, 98, NULL)'))
    expect(worse).rejects.toThrow('references to missing documents: found (row 1) → p, found (row 2) → p')
    await worse.catch(() => {})
    expect(db.get(sql('SELECT count(*) FROM found'))).toEqual([1])
    await db.close()
  })

  test('W13 what a failed one left switched is switched back', async () => {
    const db = await withParents()
    const failed = db.migrate((tx) => {
      tx.exec('PRAGMA legacy_alter_table = ON')
      throw new Error('no')
    })
    await failed.catch(() => {})
    await db.migrate((tx) => tx.exec('ALTER TABLE p RENAME TO parents'))
    expect(db.get(sql("SELECT sql FROM sqlite_schema WHERE name = 'c'"))).toEqual([
      expect.stringContaining('REFERENCES "parents"'),
    ])
  })

  test('W13 one that fails leaves everything as it was', async () => {
    const db = await openDatabase({ path: ':memory:' })
    await createItems(db)
    await db.write((tx) => tx.run(insertItem('a')))
    const failed = db.migrate((tx) => {
      tx.exec('ALTER TABLE items ADD COLUMN extra')
      tx.exec('DELETE FROM items')
      throw new Error('no')
    })
    expect(failed).rejects.toThrow('no')
    await failed.catch(() => {})
    expect(itemIds(db)).toEqual(['a'])
    expect(db.all(sql('SELECT * FROM items'))).toEqual([['a', 0]])
  })

  test('W13 W10 writes queued before are committed before, later ones after', async () => {
    const db = await openDatabase({ path: ':memory:' })
    await createItems(db)
    const order: string[] = []
    const note = (name: string) => () => void order.push(name)
    await Promise.all([
      db.write(note('before')),
      db.migrate(note('migration')),
      db.write(note('after')),
      db.migrate(note('second')),
    ])
    expect(order).toEqual(['before', 'migration', 'after', 'second'])
  })

  test('W13 nothing is written between what is done before it and the migration', async () => {
    using folder = tempFolder()
    const db = await openDatabase({ path: folder.file('a.db') })
    await createItems(db)
    const order: string[] = []
    const write = (id: string) =>
      db.write((tx) => {
        tx.run(insertItem(id))
        order.push(id)
      })
    const early = write('early')
    const migrated = db.migrate(() => void order.push('migration'), {
      before: async () => {
        const late = write('late')
        await db.snapshot(folder.file('copy.db'))
        order.push('copy')
        late.catch(() => {})
      },
    })
    await Promise.all([early, migrated])
    await db.write(() => {})
    expect(order).toEqual(['early', 'copy', 'migration', 'late'])
    const copy = await openDatabase({ path: folder.file('copy.db') })
    expect(itemIds(copy)).toEqual(['early'])
    await copy.close()
    const refused = db.migrate((tx) => tx.exec('DROP TABLE items'), {
      before: () => Promise.reject(new Error('no space')),
    })
    expect(refused).rejects.toThrow('no space')
    await refused.catch(() => {})
    expect(itemIds(db)).toEqual(['early', 'late'])
    await db.close()
  })

  test('W13 statements see the new schema', async () => {
    const db = await openDatabase({ path: ':memory:' })
    await createItems(db)
    await db.write((tx) => tx.run(insertItem('a')))
    const all = sql('SELECT * FROM items')
    expect(db.all(all)).toEqual([['a', 0]])
    await db.migrate((tx) => tx.exec("ALTER TABLE items ADD COLUMN extra DEFAULT 'x'"))
    expect(db.all(all)).toEqual([['a', 0, 'x']])
    expect((await db.query(all, { timeoutMs: 1000 })).columns).toEqual(['id', 'n', 'extra'])
  })

  test('a second creation of what exists fails without leaving the mode', async () => {
    const db = await openDatabase({ path: ':memory:' })
    await createItems(db)
    const again = db.migrate((tx) => tx.exec(CREATE_ITEMS))
    expect(again).rejects.toThrow('already exists')
    await again.catch(() => {})
    await db.write((tx) => tx.run(insertItem('a')))
    expect(itemIds(db)).toEqual(['a'])
  })
})

async function withParents() {
  const db = await openDatabase({ path: ':memory:' })
  await db.migrate((tx) => {
    tx.exec('CREATE TABLE p (id INTEGER PRIMARY KEY)')
    tx.exec('CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER NOT NULL REFERENCES p)')
    tx.exec('INSERT INTO p VALUES (1)')
    tx.exec('INSERT INTO c VALUES (10, 1)')
  })
  return db
}
