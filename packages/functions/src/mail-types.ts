import type { EmailTemplates } from './generated-types'

/** Whom an email goes to, and how. Addresses are plain ones, without names, 50 at most in all. */
interface Addressed {
  readonly to: string | readonly string[]
  readonly cc?: string | readonly string[]
  readonly bcc?: string | readonly string[]
  readonly reply_to?: string
  /** `List-Unsubscribe`, `List-Unsubscribe-Post`, and names that begin with `X-`. */
  readonly headers?: Readonly<Record<string, string>>
  /** At most 10, and 1 MB in all. */
  readonly attachments?: readonly EmailAttachment[]
  /** Of emails of this function with one key, the first alone is sent. */
  readonly key?: string
  /**
   * What happens where it was handed over and nobody said what came of it: one more copy is sent, or it has failed.
   *
   * @default 'at_least_once'
   */
  readonly delivery?: 'at_least_once' | 'at_most_once'
}

/** A file of an email. */
export interface EmailAttachment {
  /** `invoice.pdf`: no folders. */
  readonly filename: string
  /** The bytes in base64: `Buffer.from(bytes).toString('base64')`. */
  readonly content: string
  /** @default 'application/octet-stream' */
  readonly content_type?: string
}

/** An email whose text is written here. */
export interface WrittenEmail extends Addressed {
  /** One line. */
  readonly subject: string
  /** `html`, `text` or both, at most 256 KB. The text is made of the HTML where it is missing. */
  readonly html?: string
  readonly text?: string
  readonly template?: undefined
}

/** An email of a template, a file of the folder emails/: it is rendered once the email is stored. */
export type TemplateEmail = {
  readonly [Name in EmailTemplateName]: Addressed & {
    readonly template: Name
    /** Language of its texts, `fr` or `fr-CA`. By default `email.locale` of the settings. */
    readonly locale?: string
    readonly subject?: undefined
  } & PropsOf<Name extends keyof EmailTemplates ? EmailTemplates[Name] : AnyProps>
}[EmailTemplateName]

/** Names of templates; any text where `koyalite generate` has not written them. */
export type EmailTemplateName = keyof EmailTemplates extends never ? string : keyof EmailTemplates

type AnyProps = Readonly<Record<string, unknown>>
/** At most 64 KB as JSON. May be left out where nothing is needed. */
type PropsOf<Props> = Record<never, never> extends Props ? { readonly props?: Props } : { readonly props: Props }

export type NewMail = WrittenEmail | TemplateEmail

/** Sends emails. More than `email.rate` of a function wait. */
export interface Mails {
  /** Resolves with its id when it is stored; it is sent soon after. With a `key` that is taken: the id of the first. */
  send(mail: NewMail): Promise<string>
}
