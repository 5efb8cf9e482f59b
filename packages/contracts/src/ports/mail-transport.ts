/** A mail on its way out. */
export interface OutgoingMail {
  readonly from: string
  /** One address, whatever it looks like. */
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** The same at every attempt, so that a mail sent twice can be recognized as one. */
  readonly messageId: string
}

/** Carries mails to another server. Guarantee: what `send` has accepted is no longer our responsibility; `testMailTransport` in testkit checks it. */
export interface MailTransport {
  /** Resolves when another server has accepted the mail. Rejects with a MailRefused where a retry cannot help. */
  send(mail: OutgoingMail): Promise<void>
  close(): Promise<void>
}

/** The other server refused a mail permanently. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused'
}
