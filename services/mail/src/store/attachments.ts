import type { Reads, Tx } from '@koyalite/contracts'

export interface StoredAttachment {
  readonly filename: string
  readonly contentType: string
  readonly bytes: number
  /** Sealed. Null once the mail is sent, unless bodies are kept. */
  readonly content: string | null
}

export function insertAttachments(tx: Tx, mail: string, attachments: readonly StoredAttachment[]): void {
  const text = `INSERT INTO "_koyalite_mail_attachments" ("mail", "n", "filename", "content_type", "bytes", "content") VALUES (?, ?, ?, ?, ?, ?)`
  for (const [n, { filename, contentType, bytes, content }] of attachments.entries())
    tx.run({ text, params: [mail, n, filename, contentType, bytes, content] })
}

/** In the order in which they were given. */
export function attachmentsOf(reads: Reads, mail: string): readonly StoredAttachment[] {
  const text = `SELECT "filename", "content_type", "bytes", "content" FROM "_koyalite_mail_attachments" WHERE "mail" = ? ORDER BY "n"`
  return reads.all({ text, params: [mail] }).map((row) => {
    const [filename, contentType, bytes, content] = row as [string, string, number, string | null]
    return { filename, contentType, bytes, content }
  })
}

/** Their names stay. */
export function dropContents(tx: Tx, mail: string): void {
  tx.run({ text: `UPDATE "_koyalite_mail_attachments" SET "content" = NULL WHERE "mail" = ?`, params: [mail] })
}

export function deleteAttachments(tx: Tx, mail: string): void {
  tx.run({ text: `DELETE FROM "_koyalite_mail_attachments" WHERE "mail" = ?`, params: [mail] })
}
