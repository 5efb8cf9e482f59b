import { isLocaleTag } from '@koyalite/contracts'
import { choice, flag, optionalText, rate, type SettingsOf, text } from '@koyalite/kernel'
import { z } from 'zod'

const email = z
  .strictObject({
    from: optionalText('Sender of emails'),
    transport: choice(['log', 'smtp', 'resend'], 'log', 'How emails are sent; log: written to the log only'),
    url: optionalText('smtp: smtp://user:password@host:port', { secret: true }),
    api_key: optionalText('API key, for resend', { secret: true }),
    webhook_secret: optionalText('Signing secret of the webhook at Resend that leads to /api/mail/resend: whsec_…', {
      secret: true,
      pattern: {
        regex: /^whsec_[A-Za-z0-9+/]{22,}={0,2}$/,
        expected: 'the signing secret as Resend shows it: whsec_…',
      },
    }),
    unsubscribe: flag(
      true,
      'Emails of functions to one person have a link to unsubscribe, for programs that read mail; where server.url is https',
    ),
    locale: text('en', 'Language of emails that name none: fr, pt-BR').refine(isLocaleTag, {
      error: 'expected a language tag like fr or pt-BR',
    }),
    rate: rate('60/minute', 'How many emails of one function are sent; more of them wait. Emails of sign-in never do'),
    transport_rate: rate(
      null,
      'How many emails are sent in all, those of sign-in too, evenly: what the other server takes',
    ),
  })
  .refine((value) => value.transport !== 'smtp' || value.url !== null, {
    path: ['transport'],
    error: 'smtp needs email.url',
  })
  .refine((value) => value.transport !== 'resend' || value.api_key !== null, {
    path: ['transport'],
    error: 'resend needs email.api_key',
  })
  .prefault({})

export const MAIL_SETTINGS = { email }

export interface MailSettings extends SettingsOf<typeof MAIL_SETTINGS> {
  /** Of the project. */
  readonly name: string
  readonly server: { readonly url: string | null }
}
