import { z } from 'zod'
import { rungOf } from '../outcomes/ladder'
import type { StoredAttachment } from '../store/attachments'
import type { HistoryEntry } from '../store/history'
import type { MailState } from '../store/operators'
import { isHeld, type OutboxMail } from '../store/outbox'

export const MAIL_STATES = [
  'queued',
  'held',
  'sent',
  'delivered',
  'bounced',
  'complained',
  'failed',
] as const satisfies readonly MailState[]

export const listedMail = z.object({
  id: z.string(),
  template: z.string().nullable().describe('What it was made from; null where code has written it.'),
  function: z.string().nullable().describe('The function that has sent it.'),
  to: z.string().describe('One address, or several with commas between them.'),
  subject: z.string().describe('Empty until a template of the project is rendered.'),
  status: z.enum(MAIL_STATES),
  attempts: z.int(),
  error: z.string().nullable(),
  created_at: z.iso.datetime(),
  next_attempt_at: z.iso.datetime().nullable(),
  sent_at: z.iso.datetime().nullable(),
})

export const mailDetail = listedMail.extend({
  cc: z.array(z.string()),
  bcc: z.array(z.string()),
  reply_to: z.string().nullable(),
  headers: z.record(z.string(), z.string()),
  attachments: z.array(z.object({ filename: z.string(), content_type: z.string(), bytes: z.int() })),
  pending: z.array(z.string()).nullable().describe('Who is still to get it; null: everybody, or nobody left.'),
  key: z.string().nullable(),
  delivery: z.enum(['at_least_once', 'at_most_once']),
  can_resend: z.boolean().describe('Whether its text is still there.'),
  history: z
    .array(
      z.object({
        state: z.enum(['queued', 'sent', 'failed', 'delayed', 'delivered', 'bounced', 'complained']),
        at: z.iso.datetime(),
        note: z.string().nullable().describe('Why, where somebody has said so.'),
      }),
    )
    .describe('What happened to it, the oldest first. `delayed`: Resend is still trying.'),
})

export function listedMailOf(mail: OutboxMail): z.output<typeof listedMail> {
  const { id, template, to, subject, status, attempts, error, createdAt, nextAt, sentAt } = mail
  return {
    ...{ id, to, subject, attempts, error },
    template: template === '' ? null : template,
    function: mail.function,
    status: isHeld(mail) ? 'held' : rungOf(mail),
    created_at: iso(createdAt),
    next_attempt_at: status === 'queued' && !isHeld(mail) ? iso(nextAt) : null,
    sent_at: sentAt === null ? null : iso(sentAt),
  }
}

export function mailDetailOf(
  mail: OutboxMail,
  {
    history,
    attachments,
  }: { readonly history: readonly HistoryEntry[]; readonly attachments: readonly StoredAttachment[] },
): z.output<typeof mailDetail> {
  const { parts, pending, status, key, delivery } = mail
  return {
    ...listedMailOf(mail),
    cc: [...(parts?.cc ?? [])],
    bcc: [...(parts?.bcc ?? [])],
    reply_to: parts?.replyTo ?? null,
    headers: { ...parts?.headers },
    attachments: attachments.map(({ filename, contentType, bytes }) => ({
      filename,
      content_type: contentType,
      bytes,
    })),
    pending: pending === null || status === 'sent' ? null : [...pending],
    ...{ key, delivery, can_resend: canResend(mail) },
    history: [
      { state: 'queued', at: iso(mail.createdAt), note: null },
      ...history.map(({ state, at, note }) => ({ state, at: iso(at), note })),
    ],
  }
}

/** What was sent is not sent again: whoever wrote it can do so. */
export function canResend({ status, text, props }: OutboxMail): boolean {
  return status !== 'sent' && (text !== null || props !== null)
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
