import type { Reads, Tx } from '@koyalite/contracts'

/** What happened to a mail. `delayed`: the service that carries it is still trying. */
export type MailChange = 'queued' | 'sent' | 'failed' | 'delayed' | 'delivered' | 'bounced' | 'complained'

export interface HistoryEntry {
  readonly state: MailChange
  readonly note: string | null
  /** Milliseconds since 1970. */
  readonly at: number
}

/** @param entry.report the id of the report that says so. Returns false, and stores nothing, where it was stored before */
export function addHistory(
  tx: Tx,
  mail: string,
  { state, note, at, report = null }: HistoryEntry & { readonly report?: string | null },
): boolean {
  const text = `INSERT INTO "_koyalite_mail_history" ("mail", "state", "note", "report", "at") VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
  return tx.run({ text, params: [mail, state, note, report, at] }).changes > 0
}

/** The oldest first. */
export function historyOf(reads: Reads, mail: string): readonly HistoryEntry[] {
  const text = `SELECT "state", "note", "at" FROM "_koyalite_mail_history" WHERE "mail" = ? ORDER BY "id"`
  return reads
    .all({ text, params: [mail] })
    .map(([state, note, at]) => ({ state: state as MailChange, note: note as string | null, at: at as number }))
}

export function deleteHistory(tx: Tx, mail: string): void {
  tx.run({ text: `DELETE FROM "_koyalite_mail_history" WHERE "mail" = ?`, params: [mail] })
}
