import type { JsonValue } from '../json-value'
import type { OwnMail } from '../mail'
import type { Tx } from '../tx'
import type { JobChain } from './job-queue'
import type { MailTemplates } from './mail-templates'
import type { MailAttachment } from './mail-transport'

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
  /** Templates that could not be rendered when that was last tried, since the server began. */
  readonly failingTemplates: readonly { readonly name: string; readonly error: string }[]
}

/** Over how a mail is sent whose fate is unknown: it was handed over, and nobody said what came of it. */
export type MailGuarantee = 'at_least_once' | 'at_most_once'

/** A mail that code of the project has written. Its values are checked when it is sent. */
export interface WrittenMail {
  /** A UUID v7. */
  readonly id: string
  /** Whose code it is: over the mails of one, keys are unique and the rate is counted. */
  readonly function: string
  /** One address each. */
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
  readonly replyTo: string | null
  /** What says the rest; null: `subject`, `html` and `text` do. */
  readonly template: TemplateOfMail | null
  /** Empty where a template says it. */
  readonly subject: string
  /** At least one of both, or a template; the text is made of the HTML where it is missing. */
  readonly html: string | null
  readonly text: string | null
  /** `List-Unsubscribe`, `List-Unsubscribe-Post`, and names that begin with `X-`. */
  readonly headers: Readonly<Record<string, string>>
  readonly attachments: readonly MailAttachment[]
  readonly key: string | null
  readonly delivery: MailGuarantee
  /** What led to it: what becomes of it may call functions again. */
  readonly chain: JobChain | null
}

/** The template of a mail, and what is put into it when it is rendered. */
export interface TemplateOfMail {
  readonly name: string
  readonly props: JsonValue
  /** Null: that of the settings. */
  readonly locale: string | null
}

export interface SentMail {
  /** Of the one with the same key where there was one. */
  readonly id: string
  readonly created: boolean
}

/** Sends mails that belong to a write. Guarantee: a mail is sent if, and only if, the write is committed; then at least once. */
export interface Mailer {
  /** To be sent when the write is committed. Does not wait for anything. */
  queue(tx: Tx, mail: OwnMail): void
  /** Does the work of queueing and leaves nothing: where a response must take as long as if there were somebody to write to. */
  discard(tx: Tx, mail: OwnMail): void
}

/** Something became of a mail. */
export interface MailNews {
  readonly id: string
  /** Null: it is the server's own. */
  readonly function: string | null
  readonly template: string | null
  readonly state: 'delivered' | 'bounced' | 'complained' | 'failed'
  /** Whom it is about. */
  readonly recipients: readonly string[]
  /** What another server has said. */
  readonly reason: string | null
  readonly chain: JobChain | null
}

/** Says what becomes of mails. */
export interface MailOutcomes {
  /** Called in the transaction that stores it. */
  onNews(listener: (tx: Tx, news: MailNews) => void): void
}

/** Sends mails that code of the project has written, with the guarantee of a Mailer, unless the mail asks for at_most_once. */
export interface MailSender {
  /**
   * To be sent when the write is committed. Where there is a mail of the same function with its key, nothing is sent.
   * @throws AppError VALIDATION_ERROR, PAYLOAD_TOO_LARGE, QUEUE_FULL where too many of its function wait
   */
  send(tx: Tx, mail: WrittenMail): SentMail
  /** The project's own templates. Until it is called there are none. */
  useTemplates(templates: MailTemplates): void
}
