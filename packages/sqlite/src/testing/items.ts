import type { Sql, SqlValue } from '@koyalite/contracts'
import { changeTriggers } from '../changes/change-triggers'
import type { Database } from '../database'

/** A logged table to write to: id, n. */
export const CREATE_ITEMS = [
  'CREATE TABLE items (id TEXT PRIMARY KEY, n INTEGER NOT NULL DEFAULT 0, UNIQUE (n, id));',
  ...changeTriggers({
    collection: 'items',
    table: 'items',
    key: 'id',
    columns: [
      { column: 'id', kind: 'value' },
      { column: 'n', kind: 'value' },
    ],
  }).map(({ sql }) => `${sql};`),
].join('\n')

export async function createItems(database: Database): Promise<void> {
  await database.migrate((tx) => tx.exec(CREATE_ITEMS))
}

export function sql(text: string, ...params: SqlValue[]): Sql {
  return { text, params }
}

export function insertItem(id: string, n = 0): Sql {
  return sql('INSERT INTO items (id, n) VALUES (?, ?)', id, n)
}

export function itemIds(database: Database): unknown[] {
  return database.all(sql('SELECT id FROM items ORDER BY id')).map(([id]) => id)
}
