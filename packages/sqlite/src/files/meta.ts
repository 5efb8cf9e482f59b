import type { Sql } from '@koyalite/contracts'
import type { Row } from '../driver/driver'
import type { Tx } from '../writer/tx'
import { SET_META } from './epoch'

/** What a database says of itself, by name. Null where it says nothing. */
export function readMeta(reads: { get(sql: Sql): Row | undefined }, key: string): string | null {
  const row = reads.get({ text: 'SELECT value FROM _koyalite_meta WHERE key = ?', params: [key] })
  return (row?.[0] as string | undefined) ?? null
}

/** It says so no more. */
export function deleteMeta(tx: Tx, key: string): void {
  tx.run({ text: 'DELETE FROM _koyalite_meta WHERE key = ?', params: [key] })
}

export function writeMeta(tx: Tx, key: string, value: string): void {
  tx.run({ text: SET_META, params: [key, value] })
}
