/** The emails that the server sends by itself. A template of the project with one of these names is used instead of ours. */
export const OWN_MAILS = [
  'verify_email',
  'account_exists',
  'reset_password',
  'magic_link',
  'otp',
  'change_email',
  'email_changed',
  'password_changed',
  'test',
] as const

export type OwnMailName = (typeof OWN_MAILS)[number]

/** What an email to operators says. It is in English, and no template of the project takes its place. */
export interface OperatorMail {
  /** `webhook_disabled`: operators see it in the list of emails. */
  readonly name: string
  /** `{app}` is the project's name. */
  readonly subject: string
  readonly intro: string
  readonly outro: string
}

/** An email of ours that is to be sent. */
export interface OwnMail {
  readonly template: OwnMailName | OperatorMail
  readonly to: string
  /** An address on this server, made from the configured URL. */
  readonly link?: string
  /** To be typed in. */
  readonly code?: string
  /** How long the link or code is valid, in milliseconds. */
  readonly validFor?: number
  /** Language of whoever gets it, as they or somebody else wrote it; absent: that of the settings. */
  readonly locale?: string | undefined
}
