import type { Tx } from '@koyalite/contracts'
import type { FakeConnection } from './live-world'

export const run = (tx: Tx, text: string, ...params: (string | number | null)[]) => tx.run({ text, params })
export const note = (
  tx: Tx,
  id: string,
  values: { n?: number; author?: string | null; isPublic?: boolean; room?: string } = {},
) =>
  run(
    tx,
    'INSERT INTO notes (id, public, author_id, room_id, n) VALUES (?, ?, ?, ?, ?)',
    id,
    (values.isPublic ?? true) ? 1 : 0,
    values.author ?? null,
    values.room ?? null,
    values.n ?? null,
  )
export const follow = (connection: FakeConnection, payload: object, id: string | number = 1) =>
  connection.say({ id, type: 'subscribe', payload })
