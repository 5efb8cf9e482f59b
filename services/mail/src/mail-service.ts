import type { Mailer, MailHealth, MailOutcomes, MailSender } from '@koyalite/contracts'
import { defineService } from '@koyalite/kernel'
import { MAIL_AREA } from './admin-areas'
import { createMail, type MailOptions } from './create-mail'
import { MAIL_SETTINGS, type MailSettings } from './mail-settings'
import { MAIL_TABLES } from './store/outbox'

export interface MailNeeds extends Omit<MailOptions, 'settings' | 'now'> {
  readonly loaded: { readonly settings: MailSettings }
}

export interface MailPort extends Mailer, MailSender, MailOutcomes {
  health(): MailHealth
}

/** Mails: an outbox in the database, and what carries them from there. */
export const mailService = defineService({
  name: 'mail',
  tables: MAIL_TABLES,
  settings: MAIL_SETTINGS,
  adminAreas: [MAIL_AREA],
  open({ loaded, ...needs }: MailNeeds) {
    const mail = createMail({ ...needs, settings: loaded.settings })
    const port: MailPort = mail
    return {
      port,
      use: ({ settings }) => mail.use(settings),
      routes: () => mail.routes,
      close: () => mail.close(),
    }
  },
})
