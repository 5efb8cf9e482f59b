import { AppError, type MailTemplateFacts, type SentMail, type Tx, type WrittenMail } from '@koyalite/contracts'
import type { Rate, SecretBox } from '@koyalite/kernel'
import { insertAttachments } from '../store/attachments'
import { dueOfLast, findMailByKey, insertWritten } from '../store/written-mails'
import { sealAttachments, sealBody, sealProps } from '../transport/sealed-body'
import { type UnsubscribeSettings, withUnsubscribe } from '../unsubscribe/unsubscribe-headers'
import { checkMail } from './check-mail'

/** What waits for longer than this for its function's rate is not taken. Milliseconds. */
const LONGEST_WAIT = 86_400_000

export interface QueueOptions {
  readonly secrets: SecretBox
  /** How many mails of one function are sent; null: any number. */
  readonly rate: Rate | null
  /** That the project has. */
  readonly templates: readonly MailTemplateFacts[]
  /** Of mails that name none. */
  readonly locale: string
  readonly unsubscribe: UnsubscribeSettings
  /** Milliseconds since 1970. */
  readonly now: number
}

/**
 * Stores a mail of code, to be sent when its function's rate allows.
 * @throws AppError VALIDATION_ERROR, PAYLOAD_TOO_LARGE, QUEUE_FULL
 */
export function queueWritten(
  tx: Tx,
  written: WrittenMail,
  { secrets, rate, templates, locale, unsubscribe, now }: QueueOptions,
): SentMail {
  const mail = checkMail(written, templates)
  const { id, to, cc, bcc, replyTo, subject, html, text, key, delivery, template, chain } = mail
  const earlier = key === null ? null : findMailByKey(tx, mail.function, key)
  if (earlier !== null) return { id: earlier, created: false }
  const headers = withUnsubscribe(secrets, { ...mail, template: template?.name ?? '' }, unsubscribe)
  insertWritten(tx, {
    ...{ id, function: mail.function, key, delivery, subject, createdAt: now },
    to: to.join(', '),
    parts: { to, cc, bcc, replyTo, headers, chain },
    dueAt: dueTime(tx, mail.function, { rate, now }),
    ...(template === null
      ? { ...sealBody(secrets, id, { html: html ?? '', text: text ?? '' }), template: '', props: null, locale: null }
      : {
          ...{ html: null, text: null, template: template.name, locale: template.locale ?? locale },
          props: sealProps(secrets, id, template.props),
        }),
  })
  insertAttachments(tx, id, sealAttachments(secrets, id, mail.attachments))
  return { id, created: true }
}

/** The nth mail from now back is due at least a window before this one: so in no window more than n are. */
function dueTime(tx: Tx, name: string, { rate, now }: Pick<QueueOptions, 'rate' | 'now'>): number {
  if (rate === null) return now
  const last = dueOfLast(tx, name, rate.count)
  const dueAt = last === null ? now : Math.max(now, last + rate.per)
  if (dueAt > now + LONGEST_WAIT)
    throw new AppError(
      'QUEUE_FULL',
      `Emails of ${name} wait for more than 24 hours already, because email.rate lets no more of them go: send fewer, or raise it in koyalite.yaml.`,
    )
  return dueAt
}
