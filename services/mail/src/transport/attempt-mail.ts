import {
  MailDeferred,
  MailOutcomeUnknown,
  MailRefused,
  type OutgoingMail,
  type Reads,
  RecipientsRefused,
  type RefusedRecipient,
} from '@koyalite/contracts'
import type { SecretBox } from '@koyalite/kernel'
import { attachmentsOf } from '../store/attachments'
import type { OutboxMail } from '../store/outbox'
import { findSuppression } from '../store/suppressions'
import { listOf } from '../unsubscribe/list-of'
import { textOfHtml } from '../written/text-of-html'
import type { Outgoing } from './mail-delivery'
import { openAttachments, openBody } from './sealed-body'

/** What an attempt to send a mail has come to. */
export interface AttemptResult {
  /** `failed`: trying again is of no use, or not wanted. `deferred`: the other server takes nothing for now. */
  readonly kind: 'sent' | 'retry' | 'failed' | 'deferred'
  /** Why it could not be sent, or to whom it could not. */
  readonly error: string | null
  readonly cause?: unknown
  /** Whom it still goes to, where that has changed. */
  readonly pending?: readonly string[]
  /** Of one that is deferred: for how long, in milliseconds. */
  readonly retryAfter?: number
  /** Recipients that are not there. */
  readonly bounced: readonly RefusedRecipient[]
}

export interface AttemptOptions extends Outgoing {
  readonly database: Reads
  readonly secrets: SecretBox
  /** Milliseconds since 1970. */
  readonly now: () => number
}

const DIED = 'unknown: the server stopped while it sent this email. It is not sent again because of at_most_once.'

export async function attemptMail(options: AttemptOptions, mail: OutboxMail): Promise<AttemptResult> {
  const { retryFor } = options
  if (retryFor !== null && mail.triedAt !== null && options.now() - mail.triedAt > retryFor)
    return failed(tooLate(mail))
  // Who knows a mail again does not send it twice.
  if (mail.delivery === 'at_most_once' && retryFor === null && mail.claims > mail.attempts + 1) return failed(DIED)
  const parts = mail.parts ?? { to: [mail.to], cc: [], bcc: [], replyTo: null, headers: {} }
  const wanted = mail.pending ?? [...parts.to, ...parts.cc, ...parts.bcc]
  const suppressed = wanted.filter((address) => isSuppressed(options.database, mail, address))
  const recipients = wanted.filter((address) => !suppressed.includes(address))
  const isFirst = mail.pending === null
  // A mail to people who only get it to know of it is for nobody.
  if (isFirst ? parts.to.every((one) => suppressed.includes(one)) : recipients.length === 0)
    return failed(`suppressed: ${suppressed.join(', ')}`)
  const left = suppressed.map((address) => `${address}: suppressed`)
  try {
    const body = await bodyOf(options.secrets, mail)
    const { from, secrets, transport } = options
    const messageId = messageIdOf(mail, from)
    const attachments = openAttachments(secrets, mail.id, attachmentsOf(options.database, mail.id))
    const refused = await transport.send({
      id: mail.id,
      from,
      ...parts,
      recipients,
      subject: mail.subject,
      ...body,
      attachments,
      messageId,
    })
    return accepted(refused, left)
  } catch (error) {
    return outcomeOf(mail, error)
  }
}

/** Later the other server would take it for another email. */
function tooLate({ error }: OutboxMail): string {
  const last = error === null ? '' : ` (last error: ${error})`
  return `unknown: after 23 hours it is not certain that this email would be sent only once. Resend it by hand: koyalite mail resend${last}`
}

/** Mails of our own pass a bounce: whoever asks for a link wants it, and mailboxes come back. */
function isSuppressed(reads: Reads, mail: OutboxMail, address: string): boolean {
  const found = findSuppression(reads, address, null)
  if (mail.function === null) return found !== null && found.reason !== 'bounce'
  return found !== null || findSuppression(reads, address, listOf(mail)) !== null
}

async function bodyOf(secrets: SecretBox, mail: OutboxMail): Promise<Pick<OutgoingMail, 'text' | 'html'>> {
  const body = openBody(secrets, mail)
  if (body === null) throw new MailRefused('the key that encrypted its text is no longer in data/keys')
  const { text, html } = body
  if (html === '') return { text, html: null }
  return { text: text === '' ? await textOfHtml(html) : text, html }
}

function messageIdOf({ id }: OutboxMail, from: string): string {
  return `<${id}@${from.slice(from.lastIndexOf('@') + 1).replace(/[>\s]/g, '') || 'localhost'}>`
}

/** Some recipients may have been refused: those for now get it later, and they alone. */
function accepted(refused: readonly RefusedRecipient[], left: readonly string[]): AttemptResult {
  const deferred = refused.filter(({ isFinal }) => !isFinal)
  const texts = [...left, ...refused.map(refusalText)]
  return {
    kind: deferred.length === 0 ? 'sent' : 'retry',
    error: texts.length === 0 ? null : `not to ${texts.join('; ')}`,
    ...(deferred.length > 0 && { pending: deferred.map(({ address }) => address) }),
    bounced: bouncesOf(refused),
  }
}

function outcomeOf({ delivery }: OutboxMail, error: unknown): AttemptResult {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof RecipientsRefused) {
    const { refused } = error
    const text = refused.map(refusalText).join('; ')
    const deferred = refused.filter(({ isFinal }) => !isFinal).map(({ address }) => address)
    if (deferred.length === 0) return { ...failed(text, error), bounced: bouncesOf(refused) }
    return { kind: 'retry', error: text, cause: error, pending: deferred, bounced: bouncesOf(refused) }
  }
  if (error instanceof MailRefused) return failed(message, error)
  if (error instanceof MailDeferred) {
    return { kind: 'deferred', error: message, cause: error, retryAfter: error.retryAfter, bounced: [] }
  }
  if (error instanceof MailOutcomeUnknown) {
    const text = `unknown: the other server did not say whether it took this email (${message})`
    return delivery === 'at_most_once' ? failed(text, error) : { kind: 'retry', error: text, cause: error, bounced: [] }
  }
  return { kind: 'retry', error: message, cause: error, bounced: [] }
}

function failed(error: string, cause?: unknown): AttemptResult {
  return { kind: 'failed', error, cause, bounced: [] }
}

function bouncesOf(refused: readonly RefusedRecipient[]): readonly RefusedRecipient[] {
  return refused.filter(({ isBounce }) => isBounce)
}

function refusalText({ address, message }: RefusedRecipient): string {
  return `${address}: ${message}`
}
