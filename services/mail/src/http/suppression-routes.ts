import { admin } from '@koyalite/access'
import { AppError } from '@koyalite/contracts'
import { pageOf, paginated, type Route, reply, route } from '@koyalite/kernel'
import { z } from 'zod'
import { MAIL_AREA } from '../admin-areas'
import {
  findSuppression,
  listSuppressions,
  pageKey,
  type Suppression,
  suppress,
  unsuppress,
} from '../store/suppressions'
import { plainAddress } from '../written/address'
import { auditedMail } from './audited-mail'
import type { MailRoutesContext } from './mail-routes'

const suppression = z.object({
  address: z.string(),
  list: z.string().nullable().describe('The template or function whose emails it gets no more; null: all.'),
  reason: z.enum(['bounce', 'complaint', 'unsubscribe', 'manual']),
  note: z.string().nullable().describe('What the other server said, or the operator.'),
  created_at: z.iso.datetime(),
})
const suppressions = paginated('suppressions', suppression)
const added = z.strictObject({ address: z.string().max(254), note: z.string().max(500).optional() })
const removed = z.strictObject({
  address: z.string().max(254),
  list: z.string().min(1).max(200).optional().describe('Where it has unsubscribed: the template or function.'),
  note: z.string().trim().min(1).max(500).optional().describe('Why; needed after a complaint.'),
})

const COMPLAINED =
  'This person has reported an email of yours as spam. Send a note that says why they want emails again: it is kept in the audit log.'

/** Addresses that get no mails of functions, and where an operator says so, none at all. */
export function suppressionRoutes({ database, audit, now }: MailRoutesContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/mail/suppressions',
      name: 'listMailSuppressions',
      summary: 'List addresses that get no emails',
      access: admin(MAIL_AREA, 'read'),
      query: suppressions.query,
      responses: { 200: suppressions.response },
      handle: ({ query: { limit, cursor } }) => {
        const found = listSuppressions(database, { limit: limit + 1, after: cursor ?? '' })
        const { page, next_cursor } = pageOf(found, limit, pageKey)
        return { suppressions: page.map(suppressionView), next_cursor }
      },
    }),
    route({
      method: 'POST',
      path: '/api/admin/mail/suppressions',
      name: 'addMailSuppression',
      summary: 'Stop sending emails to an address',
      access: admin(MAIL_AREA, 'write'),
      body: added,
      responses: { 201: suppression },
      async handle({ actor, body, request }) {
        const address = requireAddress(body.address)
        await database.write((tx) => {
          suppress(tx, { address, list: null, reason: 'manual', note: body.note ?? null, createdAt: now() })
          audit.record(tx, auditedMail('mail.suppressed', { actor, request, id: address }))
        })
        const stored = findSuppression(database, address, null)
        if (stored === null) throw new AppError('CONFLICT', 'It was removed again meanwhile.')
        return reply(201, suppressionView(stored))
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/mail/suppressions',
      name: 'removeMailSuppression',
      summary: 'Send emails to an address again',
      access: admin(MAIL_AREA, 'write'),
      query: removed,
      responses: { 204: null },
      async handle({ actor, query, request }) {
        const address = requireAddress(query.address)
        const { list = null } = query
        await database.write((tx) => {
          const found = findSuppression(tx, address, list)
          if (found === null) throw new AppError('NOT_FOUND', `${address} is not suppressed.`)
          if (found.reason === 'complaint' && query.note === undefined) throw new AppError('CONFLICT', COMPLAINED)
          unsuppress(tx, address, list)
          const details = { reason: found.reason, list, ...(query.note !== undefined && { note: query.note }) }
          audit.record(tx, auditedMail('mail.unsuppressed', { actor, request, id: address, details }))
        })
        return reply(204, null)
      },
    }),
  ]
}

/** As mails have it. */
function requireAddress(written: string): string {
  const address = plainAddress(written)
  if (address === null) throw new AppError('INVALID_REQUEST', 'Expected one plain email address like ann@example.com.')
  return address.toLowerCase()
}

function suppressionView({ address, list, reason, note, createdAt }: Suppression) {
  return { address, list, reason, note, created_at: new Date(createdAt).toISOString() }
}
