import { randomBytes } from 'node:crypto'
import type { Connection } from '../driver/driver'

/**
 * The epoch names a history of sequence numbers. After an unclean end (power loss, crash) numbers of commits that were read but never made durable
 * may be given again, so a new one begins. `clean` is '1' only between a close and the next open.
 */
export function beginEpoch(connection: Connection): string {
  const meta = (key: string) =>
    connection.prepare('SELECT value FROM _koyalite_meta WHERE key = ?').raw(true).get([key])?.[0] as string | undefined
  const known = meta('epoch')
  const epoch = known !== undefined && meta('clean') === '1' ? known : createEpoch()
  connection.prepare(SET_META).run(['epoch', epoch])
  connection.prepare(SET_META).run(['clean', '0'])
  return epoch
}

/** The epoch of a database that another process serves. */
export function readEpoch(connection: Connection): string {
  const row = connection.prepare("SELECT value FROM _koyalite_meta WHERE key = 'epoch'").raw(true).get([])
  if (row === undefined) throw new Error('the database has no epoch')
  return row[0] as string
}

export function createEpoch(): string {
  return randomBytes(6).toString('base64url')
}

export const SET_META =
  'INSERT INTO _koyalite_meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value'
