import { admin } from '@koyalite/access'
import { AppError, type AuditTrail, type Reads } from '@koyalite/contracts'
import { pageOf, paginated, type Route, route } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { z } from 'zod'
import { MAIL_AREA } from '../admin-areas'
import { attachmentsOf } from '../store/attachments'
import { addHistory, historyOf } from '../store/history'
import { findMail, listMails, releaseHeld, requeueMail } from '../store/operators'
import type { OutboxMail } from '../store/outbox'
import { auditedMail } from './audited-mail'
import { canResend, listedMail, listedMailOf, MAIL_STATES, mailDetail, mailDetailOf } from './mail-view'

export interface MailRoutesContext {
  readonly database: Database
  readonly audit: AuditTrail
  /** Looks at the queue. */
  readonly wake: () => Promise<void>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

const mails = paginated('mails', listedMail, { state: z.enum(MAIL_STATES).optional() })

/** What was sent, and what was not: never the texts, which hold links that sign people in. */
export function mailRoutes({ database, audit, wake, now }: MailRoutesContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/mail',
      name: 'listMails',
      summary: 'List emails, newest first',
      access: admin(MAIL_AREA, 'read'),
      query: mails.query,
      responses: { 200: mails.response },
      handle: ({ query: { limit, cursor, state } }) => {
        const found = listMails(database, { limit: limit + 1, before: cursor ?? null, state })
        const { page, next_cursor } = pageOf(found, limit, ({ id }) => id)
        return { mails: page.map(listedMailOf), next_cursor }
      },
    }),
    route({
      method: 'POST',
      path: '/api/admin/mail/release',
      name: 'releaseMails',
      summary: 'Send the emails that are held since this project was copied or restored',
      access: admin(MAIL_AREA, 'write'),
      responses: { 200: z.object({ released: z.int() }) },
      async handle({ actor, request }) {
        const { value: released } = await database.write((tx) => {
          const count = releaseHeld(tx, now())
          if (count > 0) {
            audit.record(tx, auditedMail('mail.released', { actor, request, id: 'all', details: { count } }))
            tx.afterCommit(() => void wake())
          }
          return count
        })
        return { released }
      },
    }),
    route({
      method: 'GET',
      path: '/api/admin/mail/:id',
      name: 'getMail',
      summary: 'Get an email, without its text',
      access: admin(MAIL_AREA, 'read'),
      responses: { 200: mailDetail },
      handle: ({ params }) => detailOf(database, params.id),
    }),
    route({
      method: 'POST',
      path: '/api/admin/mail/:id/resend',
      name: 'resendMail',
      summary: 'Send an email now that failed, waits or is held',
      access: admin(MAIL_AREA, 'write'),
      responses: { 200: mailDetail },
      async handle({ actor, params, request }) {
        await database.write((tx) => {
          requireSendable(requireMail(tx, params.id))
          requeueMail(tx, params.id, now())
          addHistory(tx, params.id, { state: 'queued', note: 'sent again by an operator', at: now() })
          audit.record(tx, auditedMail('mail.resent', { actor, request, id: params.id }))
          tx.afterCommit(() => void wake())
        })
        return detailOf(database, params.id)
      },
    }),
  ]
}

function detailOf(reads: Reads, id: string) {
  return mailDetailOf(requireMail(reads, id), { history: historyOf(reads, id), attachments: attachmentsOf(reads, id) })
}

function requireMail(reads: Reads, id: string): OutboxMail {
  const mail = findMail(reads, id)
  if (mail === null) throw new AppError('NOT_FOUND', `There is no email ${id}: they are removed after 7 days.`)
  return mail
}

function requireSendable(mail: OutboxMail): void {
  if (canResend(mail)) return
  const isSent = mail.status === 'sent'
  throw new AppError(
    'CONFLICT',
    isSent
      ? 'This email was sent already.'
      : 'The text of this email is deleted, because it has a link or code that signs somebody in: let them ask for another.',
  )
}
