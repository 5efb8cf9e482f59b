import type { Mail } from '../mail'
import type { Tx } from '../tx'

/** Sends mails that belong to a write. Guarantee: a mail is sent if, and only if, the write is committed; then at least once. */
export interface Mailer {
  /** To be sent when the write is committed. Does not wait for anything. */
  queue(tx: Tx, mail: Mail): void
  /** Does the work of queueing and leaves nothing: where a response must take as long as if there were somebody to write to. */
  discard(tx: Tx, mail: Mail): void
}
