import { requireAdmin } from '@koyalite/access'
import { AppError, pageLimit, type Reads } from '@koyalite/contracts'
import type { Route } from '@koyalite/kernel'
import { z } from 'zod'
import { isHeld, listMails, type OutboxMail } from '../store/outbox'

const mailsQuery = z.object({
  limit: pageLimit.optional(),
  cursor: z.string().optional(),
})
const mailsAnswer = z.object({
  mails: z.array(z.looseObject({ id: z.string(), status: z.string(), subject: z.string() })),
  next_cursor: z.string().nullable(),
})

/** What was sent, and what was not: never the texts, which hold links that sign people in. */
export function mailRoutes({ database }: { readonly database: Reads }): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/admin/mail',
      summary: 'Mails that were queued, newest first',
      query: mailsQuery,
      answers: { 200: mailsAnswer },
      handle: ({ actor, query }) => {
        requireAdmin(actor, 'mail', 'read')
        const limit = parseLimit(query.get('limit'))
        const mails = listMails(database, { limit: limit + 1, before: query.get('cursor') })
        const page = mails.slice(0, limit)
        const next_cursor = mails.length > limit ? page.at(-1)?.id : null
        return {
          status: 200,
          body: JSON.stringify({ mails: page.map(mailView), next_cursor }),
          headers: { 'cache-control': 'no-store' },
        }
      },
    },
  ]
}

function parseLimit(text: string | null): number {
  if (text === null) return 50
  const parsed = pageLimit.safeParse(text)
  if (!parsed.success) throw new AppError('INVALID_REQUEST', 'limit is a number from 1 to 500.')
  return parsed.data
}

function mailView(mail: OutboxMail) {
  const { id, template, to, subject, status, attempts, error, createdAt, nextAt, sentAt } = mail
  const iso = (at: number) => new Date(at).toISOString()
  return {
    id,
    template,
    to,
    subject,
    status: isHeld(mail) ? 'held' : status,
    attempts,
    error,
    created_at: iso(createdAt),
    next_attempt_at: status === 'queued' && !isHeld(mail) ? iso(nextAt) : null,
    sent_at: sentAt === null ? null : iso(sentAt),
  }
}
