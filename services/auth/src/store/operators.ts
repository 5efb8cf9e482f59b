import type { OperatorRole, Reads, SqlValue, Tx } from '@koyalite/contracts'
import type { Page } from './page'

/** People who run the server. They are not users: nobody becomes one through the collection `users`. */
export const OPERATORS_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_operators" (
  "id" TEXT PRIMARY KEY,
  "email" TEXT NOT NULL UNIQUE,
  "role" TEXT NOT NULL,
  "password" TEXT,
  "created_at" INTEGER NOT NULL,
  "disabled_at" INTEGER
) STRICT, WITHOUT ROWID`

/** Times in milliseconds since 1970. */
export interface Operator {
  readonly id: string
  readonly email: string
  readonly role: OperatorRole
  /** An argon2id hash; null until they have chosen one. */
  readonly password: string | null
  readonly createdAt: number
  readonly disabledAt: number | null
}

const COLUMNS = `"id", "email", "role", "password", "created_at", "disabled_at"`

export function insertOperator(tx: Tx, operator: Operator): void {
  const { id, email, role, password, createdAt, disabledAt } = operator
  const text = `INSERT INTO "_koyalite_operators" (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`
  tx.run({ text, params: [id, email, role, password, createdAt, disabledAt] })
}

export function findOperator(reads: Reads, id: string): Operator | null {
  const row = reads.get({ text: `SELECT ${COLUMNS} FROM "_koyalite_operators" WHERE "id" = ?`, params: [id] })
  return row ? toOperator(row) : null
}

export function findOperatorByEmail(reads: Reads, email: string): Operator | null {
  const row = reads.get({ text: `SELECT ${COLUMNS} FROM "_koyalite_operators" WHERE "email" = ?`, params: [email] })
  return row ? toOperator(row) : null
}

/** By id, which begins with the time: oldest first. */
export function listOperators(reads: Reads, { limit, after = '' }: Page): Operator[] {
  const text = `SELECT ${COLUMNS} FROM "_koyalite_operators" WHERE "id" > ? ORDER BY "id" LIMIT ?`
  return reads.all({ text, params: [after, limit] }).map(toOperator)
}

export function hasOperators(reads: Reads): boolean {
  return reads.get({ text: `SELECT 1 FROM "_koyalite_operators" LIMIT 1`, params: [] }) !== undefined
}

/** Addresses of owners and admins who can sign in: the first of them, more than anybody has. */
export function adminEmails(reads: Reads): string[] {
  const text = `SELECT "email" FROM "_koyalite_operators" WHERE "role" IN ('owner', 'admin') AND "disabled_at" IS NULL ORDER BY "id" LIMIT 20`
  return reads.all({ text, params: [] }).map(([email]) => email as string)
}

/** Owners who can sign in, besides one. */
export function otherOwners(reads: Reads, id: string): number {
  const text = `SELECT count(*) FROM "_koyalite_operators" WHERE "role" = 'owner' AND "disabled_at" IS NULL AND "id" <> ?`
  return reads.get({ text, params: [id] })?.[0] as number
}

export function updateOperator(tx: Tx, operator: Operator): void {
  const { id, email, role, password, disabledAt } = operator
  const text = `UPDATE "_koyalite_operators" SET "email" = ?, "role" = ?, "password" = ?, "disabled_at" = ? WHERE "id" = ?`
  tx.run({ text, params: [email, role, password, disabledAt, id] })
}

export function deleteOperator(tx: Tx, id: string): boolean {
  return tx.run({ text: `DELETE FROM "_koyalite_operators" WHERE "id" = ?`, params: [id] }).changes > 0
}

function toOperator(row: readonly SqlValue[]): Operator {
  const [id, email, role, password, createdAt, disabledAt] = row as [
    string,
    string,
    OperatorRole,
    string | null,
    number,
    number | null,
  ]
  return { id, email, role, password, createdAt, disabledAt }
}
