import type { Reads, Tx } from '@koyalite/contracts'

/** Accounts of other providers that sign a user in. */
export const IDENTITIES_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_identities" (
  "provider" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "user_id" TEXT NOT NULL,
  "email" TEXT,
  "created_at" INTEGER NOT NULL,
  PRIMARY KEY ("provider", "subject")
) STRICT, WITHOUT ROWID`

export const IDENTITIES_INDEX = `CREATE UNIQUE INDEX IF NOT EXISTS "_koyalite_identities_user" ON "_koyalite_identities" ("user_id", "provider")`

export interface Identity {
  readonly provider: string
  /** The provider's own id of the account: it never changes, as an address may. */
  readonly subject: string
  readonly userId: string
  readonly email: string | null
  readonly createdAt: number
}

export function findIdentity(reads: Reads, provider: string, subject: string): Identity | null {
  const text = `SELECT "user_id", "email", "created_at" FROM "_koyalite_identities" WHERE "provider" = ? AND "subject" = ?`
  const row = reads.get({ text, params: [provider, subject] })
  if (!row) return null
  const [userId, email, createdAt] = row as [string, string | null, number]
  return { provider, subject, userId, email, createdAt }
}

export function identitiesOf(reads: Reads, userId: string): Identity[] {
  const text = `SELECT "provider", "subject", "email", "created_at" FROM "_koyalite_identities" WHERE "user_id" = ? ORDER BY "provider"`
  return reads.all({ text, params: [userId] }).map((row) => {
    const [provider, subject, email, createdAt] = row as [string, string, string | null, number]
    return { provider, subject, userId, email, createdAt }
  })
}

export function insertIdentity(tx: Tx, identity: Identity): void {
  const { provider, subject, userId, email, createdAt } = identity
  const text = `INSERT INTO "_koyalite_identities" ("provider", "subject", "user_id", "email", "created_at") VALUES (?, ?, ?, ?, ?)`
  tx.run({ text, params: [provider, subject, userId, email, createdAt] })
}

export function deleteIdentity(tx: Tx, userId: string, provider: string): boolean {
  const text = `DELETE FROM "_koyalite_identities" WHERE "user_id" = ? AND "provider" = ?`
  return tx.run({ text, params: [userId, provider] }).changes > 0
}

export function deleteIdentitiesOf(tx: Tx, userId: string): void {
  tx.run({ text: `DELETE FROM "_koyalite_identities" WHERE "user_id" = ?`, params: [userId] })
}
