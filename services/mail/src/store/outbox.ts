import type { JobChain, MailGuarantee, Reads, ServiceTables, SqlValue, Tx } from '@koyalite/contracts'
import { deleteAttachments, dropContents } from './attachments'
import { deleteHistory } from './history'

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
    [
      ...[
        '"function" TEXT',
        '"key" TEXT',
        `"delivery" TEXT NOT NULL DEFAULT 'at_least_once' CHECK ("delivery" IN ('at_least_once', 'at_most_once'))`,
        '"parts" TEXT',
        '"pending" TEXT',
        '"due_at" INTEGER',
        '"claims" INTEGER NOT NULL DEFAULT 0',
      ].map((column) => `ALTER TABLE "_koyalite_mails" ADD COLUMN ${column}`),
      `CREATE UNIQUE INDEX "_koyalite_mails_key" ON "_koyalite_mails" ("function", "key") WHERE "key" IS NOT NULL`,
      `CREATE INDEX "_koyalite_mails_pace" ON "_koyalite_mails" ("function", "due_at") WHERE "function" IS NOT NULL`,
      `CREATE INDEX "_koyalite_mails_own" ON "_koyalite_mails" ("next_at") WHERE "status" = 'queued' AND "function" IS NULL`,
      `CREATE INDEX "_koyalite_mails_status" ON "_koyalite_mails" ("status", "id")`,
      `CREATE TABLE "_koyalite_mail_suppressions" (
  "address" TEXT PRIMARY KEY,
  "reason" TEXT NOT NULL CHECK ("reason" IN ('bounce', 'manual')),
  "note" TEXT,
  "created_at" INTEGER NOT NULL
) STRICT, WITHOUT ROWID`,
    ],
    [
      ...['"props" TEXT', '"locale" TEXT'].map((column) => `ALTER TABLE "_koyalite_mails" ADD COLUMN ${column}`),
      ...['due', 'own'].map((name) => `DROP INDEX "_koyalite_mails_${name}"`),
      `CREATE INDEX "_koyalite_mails_due" ON "_koyalite_mails" ("next_at") WHERE "status" = 'queued' AND "props" IS NULL`,
      `CREATE INDEX "_koyalite_mails_own" ON "_koyalite_mails" ("next_at") WHERE "status" = 'queued' AND "props" IS NULL AND "function" IS NULL`,
      `CREATE INDEX "_koyalite_mails_unrendered" ON "_koyalite_mails" ("next_at") WHERE "status" = 'queued' AND "props" IS NOT NULL`,
    ],
    [
      `ALTER TABLE "_koyalite_mails" ADD COLUMN "outcome" TEXT CHECK ("outcome" IN ('delivered', 'bounced', 'complained'))`,
      'ALTER TABLE "_koyalite_mails" ADD COLUMN "tried_at" INTEGER',
      'DROP INDEX "_koyalite_mails_status"',
      `CREATE INDEX "_koyalite_mails_status" ON "_koyalite_mails" ("status", "outcome", "id")`,
      `CREATE TABLE "_koyalite_mail_history" (
  "id" INTEGER PRIMARY KEY,
  "mail" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "note" TEXT,
  "report" TEXT,
  "at" INTEGER NOT NULL
) STRICT`,
      'CREATE INDEX "_koyalite_mail_history_mail" ON "_koyalite_mail_history" ("mail", "id")',
      `CREATE UNIQUE INDEX "_koyalite_mail_history_report" ON "_koyalite_mail_history" ("mail", "report") WHERE "report" IS NOT NULL`,
      // Another CHECK takes another table. Renaming one would read all that another program has in the file.
      'CREATE TABLE "_koyalite_mail_suppressions_before" AS SELECT "address", "reason", "note", "created_at" FROM "_koyalite_mail_suppressions"',
      'DROP TABLE "_koyalite_mail_suppressions"',
      `CREATE TABLE "_koyalite_mail_suppressions" (
  "address" TEXT NOT NULL,
  "list" TEXT NOT NULL,
  "reason" TEXT NOT NULL CHECK ("reason" IN ('bounce', 'complaint', 'unsubscribe', 'manual')),
  "note" TEXT,
  "created_at" INTEGER NOT NULL,
  PRIMARY KEY ("address", "list")
) STRICT, WITHOUT ROWID`,
      `INSERT INTO "_koyalite_mail_suppressions" SELECT "address", '', "reason", "note", "created_at" FROM "_koyalite_mail_suppressions_before"`,
      'DROP TABLE "_koyalite_mail_suppressions_before"',
    ],
    [
      `CREATE TABLE "_koyalite_mail_attachments" (
  "mail" TEXT NOT NULL,
  "n" INTEGER NOT NULL,
  "filename" TEXT NOT NULL,
  "content_type" TEXT NOT NULL,
  "bytes" INTEGER NOT NULL,
  "content" TEXT,
  PRIMARY KEY ("mail", "n")
) STRICT`,
    ],
  ],
}

export type MailStatus = 'queued' | 'sent' | 'failed'

/** What became of a mail after it was sent, as the service that has carried it says. */
export type MailOutcome = 'delivered' | 'bounced' | 'complained'

/** What mails of code have besides. Addresses are as they were checked. */
export interface MailParts {
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
  readonly replyTo: string | null
  readonly headers: Readonly<Record<string, string>>
  /** What led to it; absent in those that an earlier version has stored. */
  readonly chain?: JobChain | null
}

/** Times in milliseconds since 1970. */
export interface OutboxMail {
  readonly id: string
  /** Empty for mails that code has written itself. */
  readonly template: string
  /** Whose code has written it; null: it is of a template of ours. */
  readonly function: string | null
  readonly to: string
  readonly parts: MailParts | null
  /** Whom it still goes to; null: everybody. */
  readonly pending: readonly string[] | null
  readonly subject: string
  /** Sealed. Null once the mail is sent or given up, unless bodies are kept. */
  readonly text: string | null
  readonly html: string | null
  /** Sealed: what its template is to be rendered with. Null once that was done, and where nothing is rendered. */
  readonly props: string | null
  /** Whose texts its template takes; null: it is of no template. */
  readonly locale: string | null
  readonly key: string | null
  readonly delivery: MailGuarantee
  readonly status: MailStatus
  /** Null where nobody has said anything of it. */
  readonly outcome: MailOutcome | null
  readonly attempts: number
  /** How often it was taken to be sent: more than attempts where whoever took it has died. */
  readonly claims: number
  readonly nextAt: number
  readonly error: string | null
  readonly createdAt: number
  readonly sentAt: number | null
  /** When it was first taken to be sent, since it was queued. */
  readonly triedAt: number | null
}

export const MAIL_COLUMNS = `"id", "template", "function", "recipient", "parts", "pending", "subject", "text", "html", "props", "locale", "key", "delivery", "status", "attempts", "claims", "next_at", "error", "created_at", "sent_at", "outcome", "tried_at"`

export type NewMail = Pick<
  OutboxMail,
  'id' | 'template' | 'to' | 'subject' | 'text' | 'html' | 'props' | 'locale' | 'createdAt'
>

export function insertMail(tx: Tx, mail: NewMail): void {
  const { id, template, to, subject, text, html, props, locale, createdAt } = mail
  tx.run({
    text: `INSERT INTO "_koyalite_mails" ("id", "template", "recipient", "subject", "text", "html", "props", "locale", "status", "next_at", "created_at")
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?)`,
    params: [id, template, to, subject, text, html, props, locale, createdAt, createdAt],
  })
}

/**
 * Takes the mail that waits longest of those whose time has come, and our own before those of code: people wait for their links. Null where none has. Until `until` nobody else takes it: if nothing is heard
 * of whoever did, it is due again then.
 */
export function claimMail(tx: Tx, now: number, until: number): OutboxMail | null {
  const own = 'INDEXED BY "_koyalite_mails_own" WHERE "function" IS NULL AND'
  for (const from of [own, 'INDEXED BY "_koyalite_mails_due" WHERE']) {
    const text = `UPDATE "_koyalite_mails" SET "next_at" = ?, "claims" = "claims" + 1, "tried_at" = coalesce("tried_at", ?) WHERE "id" = (
      SELECT "id" FROM "_koyalite_mails" ${from} "status" = 'queued' AND "props" IS NULL AND "next_at" <= ? ORDER BY "next_at", "id" LIMIT 1
    ) RETURNING ${MAIL_COLUMNS}`
    const row = tx.get({ text, params: [until, now, now] })
    if (row) return toMail(row)
  }
  return null
}

/** Beyond every date: a mail that waits for somebody to say that it is to be sent. */
export const HELD_UNTIL = 8_640_000_000_000_000

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

/** When the next mail is due that can be sent as it is; null where none waits. */
export function nextDue(reads: Reads): number | null {
  const row = reads.get({
    text: `SELECT min("next_at") FROM "_koyalite_mails" WHERE "status" = 'queued' AND "props" IS NULL AND "next_at" < ?`,
    params: [HELD_UNTIL],
  })
  return (row?.[0] as number | null | undefined) ?? null
}

/** What was reported of it meanwhile stands. @param how.error whom it could not be sent to */
export function markSent(
  tx: Tx,
  id: string,
  how: { readonly at: number; readonly keepBody: boolean; readonly error?: string | null },
): void {
  const body = how.keepBody ? '' : ', "text" = NULL, "html" = NULL'
  const text = `UPDATE "_koyalite_mails" SET "status" = iif("status" = 'queued', 'sent', "status"), "sent_at" = coalesce("sent_at", ?), "attempts" = "attempts" + 1, "error" = iif("status" = 'queued', ?, "error")${body} WHERE "id" = ?`
  tx.run({ text, params: [how.at, how.error ?? null, id] })
  if (!how.keepBody) dropContents(tx, id)
}

export interface MailFailure {
  readonly error: string
  /** Null: given up. */
  readonly nextAt: number | null
  /** Whom it still goes to, where that has changed. */
  readonly pending?: readonly string[]
  /** Nobody has looked at it: it counts as no attempt. */
  readonly isDeferred?: boolean
}

/**
 * Notes that a mail could not be sent, unless somebody else has taken it meanwhile. Of one that is given up the texts go where they may sign people in;
 * those of code stay, so that operators can send them again.
 * @param claimed as `claimMail` gave it
 * @returns whether it was its own to say
 */
export function markFailed(tx: Tx, claimed: OutboxMail, failure: MailFailure): boolean {
  const { error, nextAt, pending, isDeferred = false } = failure
  const body = claimed.function === null ? ', "text" = NULL, "html" = NULL' : ''
  const outcome = nextAt === null ? `"status" = 'failed'${body}` : `"next_at" = ?`
  const text = `UPDATE "_koyalite_mails" SET "attempts" = "attempts" + ?, "claims" = "attempts" + ?, "error" = ?, "pending" = coalesce(?, "pending"), ${outcome} WHERE "id" = ? AND "next_at" = ? AND "status" = 'queued'`
  const left = pending === undefined ? null : JSON.stringify(pending)
  const step = isDeferred ? 0 : 1
  const params = [step, step, error, left, ...(nextAt === null ? [] : [nextAt]), claimed.id, claimed.nextAt]
  return tx.run({ text, params }).changes > 0
}

/** How many mails could not be sent since a time, or are to be tried again, and why the latest of them could not. */
export function selectFailing(reads: Reads, since: number): { readonly count: number; readonly error: string | null } {
  // Each condition repeats that of a partial index, without which SQLite would not use it.
  const failing = `SELECT count(*), max("id"), "error" FROM "_koyalite_mails" WHERE`
  const found = [
    { text: `${failing} "status" <> 'queued' AND "status" = 'failed' AND "created_at" >= ?`, params: [since] },
    ...['IS NULL', 'IS NOT NULL'].map((props) => ({
      text: `${failing} "status" = 'queued' AND "props" ${props} AND "next_at" < ? AND "attempts" > 0`,
      params: [HELD_UNTIL],
    })),
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
    SELECT "id" FROM "_koyalite_mails" WHERE "status" <> 'queued' AND "created_at" < ? ORDER BY "created_at" LIMIT ?) RETURNING "id"`
  const deleted = tx.all({ text, params: [before, limit] }).map(([id]) => id as string)
  for (const id of deleted) {
    deleteHistory(tx, id)
    deleteAttachments(tx, id)
  }
  return deleted.length
}

export function toMail(row: readonly SqlValue[]): OutboxMail {
  const [id, template, fn, to, parts, pending, subject, text, html, props, locale, key, delivery, ...state] = row as [
    string,
    string,
    string | null,
    string,
    string | null,
    string | null,
    string,
    string | null,
    string | null,
    string | null,
    string | null,
    string | null,
    MailGuarantee,
    MailStatus,
    number,
    number,
    number,
    string | null,
    number,
    number | null,
    MailOutcome | null,
    number | null,
  ]
  const [status, attempts, claims, nextAt, error, createdAt, sentAt, outcome, triedAt] = state
  return {
    ...{ id, template, function: fn, to, subject, text, html, props, locale, key, delivery },
    parts: parts === null ? null : JSON.parse(parts),
    pending: pending === null ? null : JSON.parse(pending),
    ...{ status, outcome, attempts, claims, nextAt, error, createdAt, sentAt, triedAt },
  }
}
