import type { OwnMailName } from '@koyalite/contracts'

/** What an email of ours says. `{app}` is the project's name. */
export interface MailText {
  readonly subject: string
  readonly intro: string
  /** What the link does; absent where the email has none. */
  readonly action?: string
  readonly outro: string
}

/** Of one language. */
export interface MailTexts {
  /** Before the address of a button. */
  readonly or_open: string
  /** `{duration}` is like "15 minutes". */
  readonly validity: string
  readonly mails: Readonly<Record<OwnMailName, MailText>>
}
