/** A mail on its way out. Addresses are plain ones, never lists or names. */
export interface OutgoingMail {
  /** By which the service that carries it may report of it later. Letters, digits and `-`. */
  readonly id: string
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
  readonly attachments: readonly MailAttachment[]
  /** The same at every attempt, so that a mail sent twice can be recognized as one. */
  readonly messageId: string
}

/** A file of a mail. */
export interface MailAttachment {
  /** A name, without folders. */
  readonly filename: string
  /** `application/pdf`. */
  readonly contentType: string
  /** In base64. */
  readonly content: string
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
   * @throws MailRefused where a retry cannot help, MailDeferred where it takes nothing more for now, MailOutcomeUnknown where the server may have accepted it
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

/** The other server takes no mails for a while, this one as little as others. */
export class MailDeferred extends Error {
  override readonly name = 'MailDeferred'
  /** Milliseconds. */
  readonly retryAfter: number

  constructor(message: string, retryAfter: number) {
    super(message)
    this.retryAfter = retryAfter
  }
}

/** What became of a mail, as the service that has carried it says later. */
export interface MailReport {
  /** Its own: the same where it is reported again. */
  readonly id: string
  /** `OutgoingMail.id`. */
  readonly mail: string
  /** `delayed`: nothing is decided yet. */
  readonly state: 'sent' | 'delayed' | 'delivered' | 'bounced' | 'complained' | 'failed'
  /** Of a bounce: there is no such mailbox, and there will be none. */
  readonly isHard: boolean
  /** Whom it is about. Whatever the service has written: not checked. */
  readonly recipients: readonly string[]
  readonly message: string | null
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Reads what a service that carries mails sends of its own accord. */
export interface MailReports {
  /**
   * `forged`: it is not signed with our secret, or not lately; that is decided over the bytes as they came, before anything of them is parsed. `foreign`: it is
   * about nothing that we have sent.
   */
  read(body: Uint8Array, headers: Headers): MailReport | 'forged' | 'foreign'
}
