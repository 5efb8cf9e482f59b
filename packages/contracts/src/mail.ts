/** A kind of mail, declared by the service that sends it. The mail service lays it out, as text and as HTML. */
export interface MailTemplate {
  /** `verify_email`: operators see it in the list of mails. */
  readonly name: string
  /** @param app the project's name */
  readonly subject: (app: string) => string
  readonly intro: string
  /** What the link does; absent where the mail has none. */
  readonly action?: string
  readonly outro: string
}

/** A mail that is to be sent. Its text is made from the template when it is queued. */
export interface Mail {
  readonly template: MailTemplate
  readonly to: string
  /** An address on this server, made from the configured URL. */
  readonly link?: string
  /** To be typed in. */
  readonly code?: string
  /** How long the link or code is valid, in milliseconds. */
  readonly validFor?: number
}
