import type { GrantedScope, Reads, Tx } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'
import type { Page } from './page'

/** Service keys. Only a hash of the secret is stored. */
export const KEYS_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_keys" (
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "hash" TEXT NOT NULL UNIQUE,
  "hint" TEXT NOT NULL,
  "scopes" TEXT NOT NULL,
  "created_at" TEXT NOT NULL,
  "revoked_at" TEXT
) STRICT`

/** What may be shown of a key after it was made. */
export interface KeyRecord {
  readonly id: string
  readonly name: string | null
  /** The first characters of the key, to recognise it by. */
  readonly hint: string
  readonly scopes: readonly GrantedScope[]
  readonly created_at: string
  readonly revoked_at: string | null
}

const COLUMNS = `"id", "name", "hint", "scopes", "created_at", "revoked_at"`

export function insertKey(tx: Tx, key: KeyRecord, hash: string): void {
  tx.run({
    text: `INSERT INTO "_koyalite_keys" (${COLUMNS}, "hash") VALUES (?, ?, ?, ?, ?, ?, ?)`,
    params: [key.id, key.name, key.hint, JSON.stringify(key.scopes), key.created_at, key.revoked_at, hash],
  })
}

/** False where there is no such key, or it was revoked before. */
export function revokeKey(tx: Tx, id: string, at: string): boolean {
  const text = `UPDATE "_koyalite_keys" SET "revoked_at" = ? WHERE "id" = ? AND "revoked_at" IS NULL`
  return tx.run({ text, params: [at, id] }).changes > 0
}

/** By id, which begins with the time: oldest first. */
export function listKeys(reads: Reads, { limit, after = '' }: Page): KeyRecord[] {
  const text = `SELECT ${COLUMNS} FROM "_koyalite_keys" WHERE "id" > ? ORDER BY "id" LIMIT ?`
  return reads.all({ text, params: [after, limit] }).map(toRecord)
}

export function findKey(database: Database, hash: string): KeyRecord | null {
  const row = database.get({ text: `SELECT ${COLUMNS} FROM "_koyalite_keys" WHERE "hash" = ?`, params: [hash] })
  return row ? toRecord(row) : null
}

export function findKeyById(reads: Reads, id: string): KeyRecord | null {
  const row = reads.get({ text: `SELECT ${COLUMNS} FROM "_koyalite_keys" WHERE "id" = ?`, params: [id] })
  return row ? toRecord(row) : null
}

function toRecord(row: readonly unknown[]): KeyRecord {
  const [id, name, hint, scopes, created_at, revoked_at] = row as [
    string,
    string | null,
    string,
    string,
    string,
    string | null,
  ]
  return { id, name, hint, scopes: JSON.parse(scopes) as GrantedScope[], created_at, revoked_at }
}
