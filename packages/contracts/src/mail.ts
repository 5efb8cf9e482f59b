/** The mails that the server writes of itself. */
export const MAIL_TEMPLATES = [
  'verify_email',
  'reset_password',
  'magic_link',
  'otp',
  'change_email',
  'email_changed',
  'password_changed',
] as const
export type MailTemplate = (typeof MAIL_TEMPLATES)[number]

/** A mail that is to be sent. Its text is made from the template when it is queued. */
export interface Mail {
  readonly template: MailTemplate
  readonly to: string
  /** An address on this server, made from the configured URL. */
  readonly link?: string
  /** To be typed in. */
  readonly code?: string
  /** How long link or code are good for. Milliseconds. */
  readonly validFor?: number
}
