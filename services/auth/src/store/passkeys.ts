import type { Reads, SqlValue, Tx } from '@koyalite/contracts'

export const PASSKEYS_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_passkeys" (
  "id" TEXT PRIMARY KEY,
  "user_id" TEXT NOT NULL,
  "public_key" BLOB NOT NULL,
  "counter" INTEGER NOT NULL,
  "transports" TEXT NOT NULL,
  "name" TEXT,
  "created_at" INTEGER NOT NULL,
  "used_at" INTEGER
) STRICT`

export const PASSKEYS_INDEX = `CREATE INDEX IF NOT EXISTS "_koyalite_passkeys_user" ON "_koyalite_passkeys" ("user_id")`

export interface Passkey {
  /** The credential's id, base64url. */
  readonly id: string
  readonly userId: string
  readonly publicKey: Uint8Array<ArrayBuffer>
  /** Signatures so far, as the authenticator counts them; one that goes back is a copy. */
  readonly counter: number
  readonly transports: readonly string[]
  readonly name: string | null
  readonly createdAt: number
  readonly usedAt: number | null
}

const COLUMNS = `"id", "user_id", "public_key", "counter", "transports", "name", "created_at", "used_at"`

/** False where that credential is registered already. */
export function insertPasskey(tx: Tx, passkey: Passkey): boolean {
  const { id, userId, publicKey, counter, transports, name, createdAt, usedAt } = passkey
  const text = `INSERT OR IGNORE INTO "_koyalite_passkeys" (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
  return (
    tx.run({ text, params: [id, userId, publicKey, counter, JSON.stringify(transports), name, createdAt, usedAt] })
      .changes > 0
  )
}

export function findPasskey(reads: Reads, id: string): Passkey | null {
  const row = reads.get({ text: `SELECT ${COLUMNS} FROM "_koyalite_passkeys" WHERE "id" = ?`, params: [id] })
  return row ? toPasskey(row) : null
}

export function passkeysOf(reads: Reads, userId: string): Passkey[] {
  const text = `SELECT ${COLUMNS} FROM "_koyalite_passkeys" WHERE "user_id" = ? ORDER BY "created_at", "id"`
  return reads.all({ text, params: [userId] }).map(toPasskey)
}

/** Notes a use. False where another use has counted further meanwhile; authenticators that do not count stay at 0. */
export function usePasskey(tx: Tx, id: string, counter: number, at: number): boolean {
  const text = `UPDATE "_koyalite_passkeys" SET "counter" = ?, "used_at" = ? WHERE "id" = ? AND ("counter" < ? OR ("counter" = 0 AND ? = 0))`
  return tx.run({ text, params: [counter, at, id, counter, counter] }).changes > 0
}

export function deletePasskey(tx: Tx, userId: string, id: string): boolean {
  const text = `DELETE FROM "_koyalite_passkeys" WHERE "id" = ? AND "user_id" = ?`
  return tx.run({ text, params: [id, userId] }).changes > 0
}

export function deletePasskeysOf(tx: Tx, userId: string): void {
  tx.run({ text: `DELETE FROM "_koyalite_passkeys" WHERE "user_id" = ?`, params: [userId] })
}

function toPasskey(row: readonly SqlValue[]): Passkey {
  const [id, userId, publicKey, counter, transports, name, createdAt, usedAt] = row as [
    string,
    string,
    Uint8Array,
    number,
    string,
    string | null,
    number,
    number | null,
  ]
  // A copy: the driver's bytes belong to its buffer pool.
  return {
    id,
    userId,
    publicKey: new Uint8Array(publicKey),
    counter,
    transports: JSON.parse(transports),
    name,
    createdAt,
    usedAt,
  }
}
