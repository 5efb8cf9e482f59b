/** A mail on its way out. */
export interface OutgoingMail {
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** The same at every attempt, so that a mail sent twice can be told to be one. */
  readonly messageId: string
}

/** Takes mails out of the house. */
export interface MailTransport {
  /** Resolves when somebody else is responsible for the mail. Rejects with a MailRefused where trying again cannot help. */
  send(mail: OutgoingMail): Promise<void>
  close(): Promise<void>
}

/** The other side said no for good. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused'
}
