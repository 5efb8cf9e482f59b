import type { Mail } from '../mail'
import type { Tx } from '../tx'

/** How the sending of mails goes. */
export interface MailHealth {
  /** What carries them; `log`: nothing does, they are written to the log. */
  readonly transport: 'log' | 'smtp' | 'resend'
  /** Whom they are from, unless the settings leave that to the server. */
  readonly from: string | null
  /** Mails of the last day that could not be sent, or not yet. */
  readonly failing: number
  /** Why the last of them could not; null where none failed. */
  readonly lastError: string | null
}

/** Sends mails that belong to a write. Guarantee: a mail is sent if, and only if, the write is committed; then at least once. */
export interface Mailer {
  /** To be sent when the write is committed. Does not wait for anything. */
  queue(tx: Tx, mail: Mail): void
  /** Does the work of queueing and leaves nothing: where a response must take as long as if there were somebody to write to. */
  discard(tx: Tx, mail: Mail): void
}
