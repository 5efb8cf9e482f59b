import type { Reads, Tx } from '@koyalite/contracts'

export const TOTP_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_totp" (
  "user_id" TEXT PRIMARY KEY,
  "secret" TEXT NOT NULL,
  "active" INTEGER NOT NULL DEFAULT 0,
  "last_step" INTEGER NOT NULL DEFAULT 0,
  "created_at" INTEGER NOT NULL
) STRICT, WITHOUT ROWID`

export const RECOVERY_CODES_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_recovery_codes" (
  "user_id" TEXT NOT NULL,
  "hash" TEXT NOT NULL,
  PRIMARY KEY ("user_id", "hash")
) STRICT, WITHOUT ROWID`

export interface Totp {
  /** Base32, sealed. */
  readonly secret: string
  /** False until a first code has shown that the user's app has the secret. */
  readonly active: boolean
  /** The time step of the last code that was taken: it and earlier ones are refused. */
  readonly lastStep: number
  /** Since when it counts; of one that is not active, when it was offered. Milliseconds since 1970. */
  readonly activeSince: number
}

export function findTotp(reads: Reads, userId: string): Totp | null {
  const text = `SELECT "secret", "active", "last_step", "created_at" FROM "_koyalite_totp" WHERE "user_id" = ?`
  const row = reads.get({ text, params: [userId] })
  if (!row) return null
  return { secret: row[0] as string, active: row[1] === 1, lastStep: row[2] as number, activeSince: row[3] as number }
}

/**
 * A secret that waits for its first code; it replaces one that still does. False where an active one is in the way.
 */
export function offerTotp(tx: Tx, userId: string, secret: string, at: number): boolean {
  const text = `INSERT INTO "_koyalite_totp" ("user_id", "secret", "created_at") VALUES (?, ?, ?)
    ON CONFLICT ("user_id") DO UPDATE SET "secret" = excluded."secret", "created_at" = excluded."created_at" WHERE "active" = 0`
  return tx.run({ text, params: [userId, secret, at] }).changes > 0
}

/** All of them, as they are stored. */
export function totpSecrets(reads: Reads): { readonly userId: string; readonly secret: string }[] {
  const rows = reads.all({ text: `SELECT "user_id", "secret" FROM "_koyalite_totp"`, params: [] })
  return rows.map(([userId, secret]) => ({ userId: userId as string, secret: secret as string }))
}

export function replaceTotpSecret(tx: Tx, userId: string, secret: string): void {
  tx.run({ text: `UPDATE "_koyalite_totp" SET "secret" = ? WHERE "user_id" = ?`, params: [secret, userId] })
}

export function activateTotp(
  tx: Tx,
  userId: string,
  { step, at }: { readonly step: number; readonly at: number },
): boolean {
  const text = `UPDATE "_koyalite_totp" SET "active" = 1, "last_step" = ?, "created_at" = ? WHERE "user_id" = ? AND "active" = 0`
  return tx.run({ text, params: [step, at, userId] }).changes > 0
}

/** Consumes the code of a time step: true once, for the first caller. */
export function takeTotpStep(tx: Tx, userId: string, step: number): boolean {
  const text = `UPDATE "_koyalite_totp" SET "last_step" = ? WHERE "user_id" = ? AND "active" = 1 AND "last_step" < ?`
  return tx.run({ text, params: [step, userId, step] }).changes > 0
}

export function deleteTotp(tx: Tx, userId: string): boolean {
  tx.run({ text: `DELETE FROM "_koyalite_recovery_codes" WHERE "user_id" = ?`, params: [userId] })
  return tx.run({ text: `DELETE FROM "_koyalite_totp" WHERE "user_id" = ?`, params: [userId] }).changes > 0
}

export function replaceRecoveryCodes(tx: Tx, userId: string, hashes: readonly string[]): void {
  tx.run({ text: `DELETE FROM "_koyalite_recovery_codes" WHERE "user_id" = ?`, params: [userId] })
  for (const hash of hashes)
    tx.run({ text: `INSERT INTO "_koyalite_recovery_codes" VALUES (?, ?)`, params: [userId, hash] })
}

/** True once for each code. */
export function takeRecoveryCode(tx: Tx, userId: string, hash: string): boolean {
  const text = `DELETE FROM "_koyalite_recovery_codes" WHERE "user_id" = ? AND "hash" = ? RETURNING 1`
  return tx.get({ text, params: [userId, hash] }) !== undefined
}

export function countRecoveryCodes(reads: Reads, userId: string): number {
  const text = `SELECT count(*) FROM "_koyalite_recovery_codes" WHERE "user_id" = ?`
  return reads.get({ text, params: [userId] })?.[0] as number
}
