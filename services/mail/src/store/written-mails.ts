import type { Reads, Tx } from '@koyalite/contracts'
import type { MailParts, NewMail, OutboxMail } from './outbox'

/** Stores a mail of code. @param mail.dueAt when it is sent at the earliest */
export function insertWritten(
  tx: Tx,
  mail: NewMail &
    Pick<OutboxMail, 'key' | 'delivery'> & {
      readonly function: string
      readonly parts: MailParts
      readonly dueAt: number
    },
): void {
  const { id, template, to, parts, subject, text, html, props, locale, key, delivery, createdAt, dueAt } = mail
  tx.run({
    text: `INSERT INTO "_koyalite_mails" ("id", "template", "function", "recipient", "parts", "subject", "text", "html", "props", "locale", "key", "delivery", "status", "next_at", "due_at", "created_at")
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?)`,
    params: [
      ...[id, template, mail.function, to, JSON.stringify(parts), subject, text, html, props, locale],
      ...[key, delivery, dueAt, dueAt, createdAt],
    ],
  })
}

/** The mail that has a key already; null where none has. */
export function findMailByKey(reads: Reads, name: string, key: string): string | null {
  const text = `SELECT "id" FROM "_koyalite_mails" WHERE "function" = ? AND "key" IS NOT NULL AND "key" = ?`
  return (reads.get({ text, params: [name, key] })?.[0] as string | undefined) ?? null
}

/**
 * When the last but `count - 1` of a function's mails is due; null where it has fewer. In milliseconds since 1970.
 */
export function dueOfLast(reads: Reads, name: string, count: number): number | null {
  const text = `SELECT "due_at" FROM "_koyalite_mails" WHERE "function" IS NOT NULL AND "function" = ? ORDER BY "due_at" DESC LIMIT 1 OFFSET ?`
  return (reads.get({ text, params: [name, count - 1] })?.[0] as number | undefined) ?? null
}
