import type { Reads, ServiceTables, SqlValue, Tx } from '@koyalite/contracts'

/** Mails that wait to be sent, and the last ones that were. Bodies hold links that sign people in: they go when a mail is sent. */
export const MAIL_TABLES: ServiceTables = {
  service: 'mail',
  steps: [
    [
      `CREATE TABLE IF NOT EXISTS "_koyalite_mails" (
  "id" TEXT PRIMARY KEY,
  "template" TEXT NOT NULL,
  "recipient" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "text" TEXT,
  "html" TEXT,
  "status" TEXT NOT NULL CHECK ("status" IN ('queued', 'sent', 'failed')),
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "next_at" INTEGER NOT NULL,
  "error" TEXT,
  "created_at" INTEGER NOT NULL,
  "sent_at" INTEGER
) STRICT, WITHOUT ROWID`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_mails_due" ON "_koyalite_mails" ("next_at") WHERE "status" = 'queued'`,
    ],
    [
      `CREATE INDEX IF NOT EXISTS "_koyalite_mails_done" ON "_koyalite_mails" ("created_at") WHERE "status" <> 'queued'`,
    ],
  ],
}

export type MailStatus = 'queued' | 'sent' | 'failed'

/** Times in milliseconds since 1970. */
export interface OutboxMail {
  readonly id: string
  readonly template: string
  readonly to: string
  readonly subject: string
  /** Null once the mail is sent or given up, unless bodies are kept. */
  readonly text: string | null
  readonly html: string | null
  readonly status: MailStatus
  readonly attempts: number
  readonly nextAt: number
  readonly error: string | null
  readonly createdAt: number
  readonly sentAt: number | null
}

const COLUMNS = `"id", "template", "recipient", "subject", "text", "html", "status", "attempts", "next_at", "error", "created_at", "sent_at"`

export function insertMail(
  tx: Tx,
  mail: Pick<OutboxMail, 'id' | 'template' | 'to' | 'subject' | 'createdAt'> & {
    readonly text: string
    readonly html: string
  },
): void {
  const { id, template, to, subject, text, html, createdAt } = mail
  tx.run({
    text: `INSERT INTO "_koyalite_mails" ("id", "template", "recipient", "subject", "text", "html", "status", "next_at", "created_at")
      VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?)`,
    params: [id, template, to, subject, text, html, createdAt, createdAt],
  })
}

/**
 * Takes the mail that waits longest of those whose time has come; null where none has. Until `until` nobody else takes it: if nothing is heard
 * of whoever did, it is due again then.
 */
export function claimMail(tx: Tx, now: number, until: number): OutboxMail | null {
  const text = `UPDATE "_koyalite_mails" SET "next_at" = ? WHERE "id" = (
    SELECT "id" FROM "_koyalite_mails" WHERE "status" = 'queued' AND "next_at" <= ? ORDER BY "next_at", "id" LIMIT 1
  ) RETURNING ${COLUMNS}`
  const row = tx.get({ text, params: [until, now] })
  return row ? toMail(row) : null
}

/** Beyond every date: a mail that waits for somebody to say that it is to be sent. */
const HELD_UNTIL = 8_640_000_000_000_000

/**
 * Mails that wait in a copy of a database are the original's to send, and those in a restored one may have been sent since the backup was made: here nothing
 * sends them by itself. Returns how many are held now and were not before.
 */
export function holdWaitingMails(tx: Tx, reason: string): number {
  if (!tx.get({ text: `SELECT 1 FROM sqlite_schema WHERE name = '_koyalite_mails'`, params: [] })) return 0
  const text = `UPDATE "_koyalite_mails" SET "next_at" = ?, "error" = ? WHERE "status" = 'queued' AND "next_at" < ?`
  return tx.run({ text, params: [HELD_UNTIL, `held: ${reason}`, HELD_UNTIL] }).changes
}

export function isHeld({ status, nextAt }: OutboxMail): boolean {
  return status === 'queued' && nextAt === HELD_UNTIL
}

/** When the next mail is due; null where none waits. */
export function nextDue(reads: Reads): number | null {
  const row = reads.get({
    text: `SELECT min("next_at") FROM "_koyalite_mails" WHERE "status" = 'queued' AND "next_at" < ?`,
    params: [HELD_UNTIL],
  })
  return (row?.[0] as number | null | undefined) ?? null
}

export function markSent(tx: Tx, id: string, how: { readonly at: number; readonly keepBody: boolean }): void {
  const body = how.keepBody ? '' : ', "text" = NULL, "html" = NULL'
  const text = `UPDATE "_koyalite_mails" SET "status" = 'sent', "sent_at" = ?, "attempts" = "attempts" + 1, "error" = NULL${body} WHERE "id" = ?`
  tx.run({ text, params: [how.at, id] })
}

/**
 * Notes that a mail could not be sent, unless somebody else has taken it meanwhile.
 * @param claimed as `claimMail` gave it
 */
export function markFailed(
  tx: Tx,
  claimed: OutboxMail,
  /** `nextAt` null: given up. */
  { error, nextAt }: { readonly error: string; readonly nextAt: number | null },
): void {
  const outcome = nextAt === null ? `"status" = 'failed', "text" = NULL, "html" = NULL` : `"next_at" = ?`
  const text = `UPDATE "_koyalite_mails" SET "attempts" = "attempts" + 1, "error" = ?, ${outcome} WHERE "id" = ? AND "next_at" = ?`
  tx.run({ text, params: [error, ...(nextAt === null ? [] : [nextAt]), claimed.id, claimed.nextAt] })
}

/** Newest first. Ids are in the order of time. */
export function listMails(
  reads: Reads,
  page: { readonly limit: number; readonly before: string | null },
): OutboxMail[] {
  const text = `SELECT ${COLUMNS} FROM "_koyalite_mails" WHERE "id" < ? ORDER BY "id" DESC LIMIT ?`
  return reads.all({ text, params: [page.before ?? 'g', page.limit] }).map(toMail)
}

/** How many mails could not be sent since a time, or are to be tried again, and why the latest of them could not. */
export function selectFailing(reads: Reads, since: number): { readonly count: number; readonly error: string | null } {
  // Each condition repeats that of a partial index, without which SQLite would not use it.
  const failing = `SELECT count(*), max("id"), "error" FROM "_koyalite_mails" WHERE`
  const found = [
    { text: `${failing} "status" <> 'queued' AND "status" = 'failed' AND "created_at" >= ?`, params: [since] },
    { text: `${failing} "status" = 'queued' AND "next_at" < ? AND "attempts" > 0`, params: [HELD_UNTIL] },
  ].map((sql) => reads.get(sql) ?? [0, null, null])
  const [, , error = null] = found.toSorted(([, a], [, b]) => (String(a ?? '') < String(b ?? '') ? 1 : -1))[0] ?? []
  return { count: found.reduce((sum, [count]) => sum + Number(count), 0), error: error as string | null }
}

export function deleteMail(tx: Tx, id: string): void {
  tx.run({ text: `DELETE FROM "_koyalite_mails" WHERE "id" = ?`, params: [id] })
}

/** Removes what is done and older than a time: at most `limit` mails, returns how many. */
export function deleteOldMails(tx: Tx, before: number, limit: number): number {
  const text = `DELETE FROM "_koyalite_mails" WHERE "id" IN (
    SELECT "id" FROM "_koyalite_mails" WHERE "status" <> 'queued' AND "created_at" < ? ORDER BY "created_at" LIMIT ?)`
  return tx.run({ text, params: [before, limit] }).changes
}

function toMail(row: readonly SqlValue[]): OutboxMail {
  const [id, template, to, subject, text, html, status, attempts, nextAt, error, createdAt, sentAt] = row as [
    string,
    string,
    string,
    string,
    string | null,
    string | null,
    MailStatus,
    number,
    number,
    string | null,
    number,
    number | null,
  ]
  return { id, template, to, subject, text, html, status, attempts, nextAt, error, createdAt, sentAt }
}
