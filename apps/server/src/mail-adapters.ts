import type { MailAdapters } from '@koyalite/mail'

/** Loaded where the settings ask for them. The executable holds them: their names are written out, so the bundler finds them. */
export const MAIL_ADAPTERS: MailAdapters = {
  async resend(apiKey) {
    const { createResendTransport } = await import('@koyalite/adapter-resend')
    return createResendTransport(apiKey)
  },
  async resendReports(secret) {
    const { createResendReports } = await import('@koyalite/adapter-resend')
    return createResendReports(secret)
  },
}
