/** An email. Addresses are plain ones, without names, 50 at most in all. */
export interface NewMail {
  readonly to: string | readonly string[]
  readonly cc?: string | readonly string[]
  readonly bcc?: string | readonly string[]
  readonly reply_to?: string
  /** One line. */
  readonly subject: string
  /** `html`, `text` or both, at most 256 KB. The text is made of the HTML where it is missing. */
  readonly html?: string
  readonly text?: string
  /** `List-Unsubscribe`, `List-Unsubscribe-Post`, and names that begin with `X-`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Of emails of this function with one key, the first alone is sent. */
  readonly key?: string
  /**
   * What happens where it was handed over and nobody said what came of it: one more copy is sent, or it has failed.
   *
   * @default 'at_least_once'
   */
  readonly delivery?: 'at_least_once' | 'at_most_once'
}

/** Sends emails. More than `email.rate` of a function wait. */
export interface Mails {
  /** Resolves with its id when it is stored; it is sent soon after. With a `key` that is taken: the id of the first. */
  send(mail: NewMail): Promise<string>
}
