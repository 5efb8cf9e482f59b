import { ANYONE, AppError, type MailNews, type MailReports, type Tx } from '@koyalite/contracts'
import { type Route, reply, route } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { takeReport } from '../outcomes/take-report'

export interface ReportRoutesContext {
  readonly database: Database
  /** Null where the settings have no secret: then nothing is taken. */
  readonly reports: () => Promise<MailReports> | null
  readonly onNews: (tx: Tx, news: MailNews) => void
  /** Texts stay after a mail was sent. */
  readonly keepBody: boolean
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Events have about 1 KB, and no attachments. */
const MAX_BODY = 64 * 1024

/** Where Resend says what has become of emails. Whoever knows the signing secret may, and nobody else; nothing that is written there is ever fetched. */
export function reportRoutes({ database, reports, onNews, keepBody, now }: ReportRoutesContext): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/mail/resend',
      name: 'receiveMailEvent',
      summary: 'Receive what Resend reports of emails, signed with email.webhook_secret',
      access: ANYONE,
      credentials: 'none',
      bodyLimit: MAX_BODY,
      body: { mediaType: 'application/json' },
      responses: { 204: null },
      async handle({ request }) {
        const loading = reports()
        if (loading === null) throw new AppError('NOT_FOUND', 'email.webhook_secret is not set.')
        const report = (await loading).read(await request.bytes(), request.headers)
        if (report === 'forged')
          throw new AppError('UNAUTHENTICATED', 'The signature is not valid, or older than 5 minutes.')
        if (report !== 'foreign') {
          await database.write((tx) => {
            const news = takeReport(tx, report, { now: now(), keepBody })
            if (news !== null) onNews(tx, news)
          })
        }
        // Resend sends it again until it is taken, also what we know nothing of.
        return reply(204, null)
      },
    }),
  ]
}
