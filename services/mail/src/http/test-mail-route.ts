import { admin, requireAdmin, SETTINGS_AREA } from '@koyalite/access'
import { AppError } from '@koyalite/contracts'
import { type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import { MAIL_AREA } from '../admin-areas'
import { MAIL_SETTINGS, type MailSettings } from '../mail-settings'
import type { TestMailResult } from '../test-mail'

export interface TestMailContext {
  readonly settings: () => MailSettings
  readonly send: (to: string, settings: MailSettings) => Promise<TestMailResult>
}

/** Mail settings can be tried before they are saved. */
export function testMailRoute({ settings, send }: TestMailContext): Route {
  return route({
    method: 'POST',
    path: '/api/admin/mail/test',
    name: 'sendTestMail',
    summary: 'Send a mail at once, by settings that need not be saved',
    access: admin(MAIL_AREA, 'write'),
    body: z.strictObject({
      to: z.email(),
      email: z
        .strictObject({
          from: z.string().min(1).nullable(),
          transport: z.enum(['log', 'smtp', 'resend']),
          url: z.string().min(1).nullable(),
          api_key: z.string().min(1).nullable(),
        })
        .partial()
        .default({})
        .describe('Instead of what the settings say; `url` and `api_key` take settings:write.'),
    }),
    responses: {
      200: z.object({
        ok: z.boolean(),
        message: z.string().nullable().describe('What was refused.'),
        dialogue: z.array(z.string()).describe('Of SMTP, without what signs in.'),
      }),
    },
    handle: ({ actor, body: { to, email } }) => {
      // The response has what the other side says: who may not set that side may not make the server ask it either.
      if (email.url !== undefined || email.api_key !== undefined) requireAdmin(actor, SETTINGS_AREA, 'write')
      const now = settings()
      // They are read already, and are nothing that is tried.
      const { rate, transport_rate: _, ...written } = now.email
      const parsed = MAIL_SETTINGS.email.safeParse({ ...written, ...email })
      if (!parsed.success) {
        const details = parsed.error.issues.map(({ path, message }) => ({
          field: ['email', ...path].join('.'),
          code: 'invalid',
          message,
        }))
        throw new AppError('VALIDATION_ERROR', details.map(({ message }) => message).join('; '), { details })
      }
      return send(to, { ...now, email: { ...parsed.data, rate } })
    },
  })
}
