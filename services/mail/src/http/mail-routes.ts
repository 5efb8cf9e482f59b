import { admin } from '@koyalite/access'
import type { Reads } from '@koyalite/contracts'
import { pageOf, paginated, type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import { MAIL_AREA } from '../admin-areas'
import { isHeld, listMails, type OutboxMail } from '../store/outbox'

const mail = z.object({
  id: z.string(),
  template: z.string(),
  to: z.string(),
  subject: z.string(),
  status: z.enum(['queued', 'held', 'sent', 'failed']),
  attempts: z.int(),
  error: z.string().nullable(),
  created_at: z.iso.datetime(),
  next_attempt_at: z.iso.datetime().nullable(),
  sent_at: z.iso.datetime().nullable(),
})
const mails = paginated('mails', mail)

/** What was sent, and what was not: never the texts, which hold links that sign people in. */
export function mailRoutes({ database }: { readonly database: Reads }): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/mail',
      name: 'listMails',
      summary: 'List queued emails, newest first',
      access: admin(MAIL_AREA, 'read'),
      query: mails.query,
      responses: { 200: mails.response },
      handle: ({ query: { limit, cursor } }) => {
        const found = listMails(database, { limit: limit + 1, before: cursor ?? null })
        const { page, next_cursor } = pageOf(found, limit, ({ id }) => id)
        return { mails: page.map(mailView), next_cursor }
      },
    }),
  ]
}

function mailView(mail: OutboxMail) {
  const { id, template, to, subject, status, attempts, error, createdAt, nextAt, sentAt } = mail
  const iso = (at: number) => new Date(at).toISOString()
  return {
    id,
    template,
    to,
    subject,
    status: isHeld(mail) ? ('held' as const) : status,
    attempts,
    error,
    created_at: iso(createdAt),
    next_attempt_at: status === 'queued' && !isHeld(mail) ? iso(nextAt) : null,
    sent_at: sentAt === null ? null : iso(sentAt),
  }
}
