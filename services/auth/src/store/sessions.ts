import type { Reads, SqlValue, Tx } from '@koyalite/contracts'

/** Open sessions of users and operators. A session that ends is deleted; the audit log has it. */
export const SESSIONS_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_sessions" (
  "id" TEXT PRIMARY KEY,
  "kind" TEXT NOT NULL CHECK ("kind" IN ('user', 'operator')),
  "subject" TEXT NOT NULL,
  "method" TEXT NOT NULL,
  "ip" TEXT,
  "user_agent" TEXT,
  "created_at" INTEGER NOT NULL,
  "used_at" INTEGER NOT NULL,
  "expires_at" INTEGER NOT NULL,
  "impersonator" TEXT
) STRICT, WITHOUT ROWID`

export const SESSIONS_INDEXES = [
  `CREATE INDEX IF NOT EXISTS "_koyalite_sessions_subject" ON "_koyalite_sessions" ("kind", "subject")`,
  `CREATE INDEX IF NOT EXISTS "_koyalite_sessions_expires" ON "_koyalite_sessions" ("expires_at")`,
]

export const SESSIONS_IMPERSONATOR_INDEX = `CREATE INDEX IF NOT EXISTS "_koyalite_sessions_impersonator" ON "_koyalite_sessions" ("impersonator") WHERE "impersonator" IS NOT NULL`

/** How somebody proved who they are. */
export type SignInMethod =
  | 'password'
  | 'magic_link'
  | 'otp'
  | 'anonymous'
  | 'passkey'
  | 'setup'
  | 'impersonation'
  | `oauth:${string}`

export type SubjectKind = 'user' | 'operator'

/** Times in milliseconds since 1970. */
export interface Session {
  readonly id: string
  readonly kind: SubjectKind
  /** Id of the user or operator. */
  readonly subject: string
  readonly method: SignInMethod
  readonly ip: string | null
  readonly userAgent: string | null
  readonly createdAt: number
  /** When its tokens were last renewed. */
  readonly usedAt: number
  readonly expiresAt: number
  /** The operator who acts as this user: id. */
  readonly impersonator: string | null
}

const COLUMNS = `"id", "kind", "subject", "method", "ip", "user_agent", "created_at", "used_at", "expires_at", "impersonator"`

export function insertSession(tx: Tx, session: Session): void {
  tx.run({
    text: `INSERT INTO "_koyalite_sessions" (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    params: [
      session.id,
      session.kind,
      session.subject,
      session.method,
      session.ip,
      session.userAgent,
      session.createdAt,
      session.usedAt,
      session.expiresAt,
      session.impersonator,
    ],
  })
}

export function findSession(reads: Reads, id: string): Session | null {
  const row = reads.get({ text: `SELECT ${COLUMNS} FROM "_koyalite_sessions" WHERE "id" = ?`, params: [id] })
  return row ? toSession(row) : null
}

/** Newest first. */
export function sessionsOf(reads: Reads, kind: SubjectKind, subject: string): Session[] {
  const text = `SELECT ${COLUMNS} FROM "_koyalite_sessions" WHERE "kind" = ? AND "subject" = ? ORDER BY "used_at" DESC, "id" DESC`
  return reads.all({ text, params: [kind, subject] }).map(toSession)
}

/** Newest first; `before` is the id that the page before ended with: ids are in the order of time. */
export function listSessions(
  reads: Reads,
  page: { readonly limit: number; readonly before: string | null },
): Session[] {
  const text = `SELECT ${COLUMNS} FROM "_koyalite_sessions" WHERE "id" < ? ORDER BY "id" DESC LIMIT ?`
  return reads.all({ text, params: [page.before ?? 'g', page.limit] }).map(toSession)
}

export function touchSession(tx: Tx, id: string, usedAt: number): void {
  tx.run({ text: `UPDATE "_koyalite_sessions" SET "used_at" = ? WHERE "id" = ?`, params: [usedAt, id] })
}

/** Ends a session with its refresh tokens; false where it had ended. */
export function deleteSession(tx: Tx, id: string): boolean {
  return tx.run({ text: `DELETE FROM "_koyalite_sessions" WHERE "id" = ?`, params: [id] }).changes > 0
}

/** Ends all sessions of somebody, except one that may stay. Returns the ids of those that ended. */
export function deleteSessionsOf(tx: Tx, kind: SubjectKind, subject: string, keep: string | null = null): string[] {
  const text = `DELETE FROM "_koyalite_sessions" WHERE "kind" = ? AND "subject" = ? AND "id" IS NOT ? RETURNING "id"`
  return tx.all({ text, params: [kind, subject, keep] }).map((row) => row[0] as string)
}

/** Ends the sessions of a user that did not begin with a password. Returns their ids. */
export function deleteSessionsWithoutPassword(tx: Tx, userId: string): string[] {
  const text = `DELETE FROM "_koyalite_sessions" WHERE "kind" = 'user' AND "subject" = ? AND "method" <> 'password' RETURNING "id"`
  return tx.all({ text, params: [userId] }).map((row) => row[0] as string)
}

/** Ends what an operator has begun in other people's names. */
export function deleteImpersonationsBy(tx: Tx, operatorId: string): string[] {
  const text = `DELETE FROM "_koyalite_sessions" WHERE "impersonator" = ? RETURNING "id"`
  return tx.all({ text, params: [operatorId] }).map((row) => row[0] as string)
}

/** At most `limit` of them; returns how many. */
export function deleteExpiredSessions(tx: Tx, now: number, limit: number): number {
  const text = `DELETE FROM "_koyalite_sessions" WHERE "id" IN (
    SELECT "id" FROM "_koyalite_sessions" WHERE "expires_at" <= ? ORDER BY "expires_at" LIMIT ?)`
  return tx.run({ text, params: [now, limit] }).changes
}

function toSession(row: readonly SqlValue[]): Session {
  // The columns are written by this file alone, with these types.
  const [id, kind, subject, method, ip, userAgent, createdAt, usedAt, expiresAt, impersonator] = row as [
    string,
    SubjectKind,
    string,
    SignInMethod,
    string | null,
    string | null,
    number,
    number,
    number,
    string | null,
  ]
  return { id, kind, subject, method, ip, userAgent, createdAt, usedAt, expiresAt, impersonator }
}
