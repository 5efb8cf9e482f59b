/** A mail on its way out. Addresses are plain ones, never lists or names. */
export interface OutgoingMail {
  readonly from: string
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
  /** Whom it still goes to, of those above: others have it already, or are not to get it. */
  readonly recipients: readonly string[]
  readonly replyTo: string | null
  readonly subject: string
  readonly text: string
  /** Null: it is text alone. */
  readonly html: string | null
  /** Names that are allowed, and values of one line. */
  readonly headers: Readonly<Record<string, string>>
  /** The same at every attempt, so that a mail sent twice can be recognized as one. */
  readonly messageId: string
}

/** A recipient whom the other server does not take a mail for. */
export interface RefusedRecipient {
  readonly address: string
  /** A retry cannot help. */
  readonly isFinal: boolean
  /** There is no such mailbox: a hard bounce. */
  readonly isBounce: boolean
  readonly message: string
}

/** Carries mails to another server. Guarantee: what `send` has accepted is no longer our responsibility; `testMailTransport` in testkit checks it. */
export interface MailTransport {
  /**
   * Resolves when another server has accepted the mail, with the recipients that it refused meanwhile; never with all of them.
   * @throws MailRefused where a retry cannot help, MailOutcomeUnknown where the server may have accepted it
   */
  send(mail: OutgoingMail): Promise<readonly RefusedRecipient[]>
  close(): Promise<void>
}

/** The other server refused a mail permanently. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused'
}

/** The other server refused every recipient. `refused` says of each whether for good. */
export class RecipientsRefused extends Error {
  override readonly name = 'RecipientsRefused'
  readonly refused: readonly RefusedRecipient[]

  constructor(message: string, refused: readonly RefusedRecipient[], options?: ErrorOptions) {
    super(message, options)
    this.refused = refused
  }
}

/** The whole mail was handed over, and the connection ended before the other server said what came of it. */
export class MailOutcomeUnknown extends Error {
  override readonly name = 'MailOutcomeUnknown'
}
