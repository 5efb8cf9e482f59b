import type { MailTransport } from '@koyalite/contracts'
import type { Log } from '@koyalite/kernel'

/**
 * Mails only appear in the log, for development. Elsewhere their text is left out: it contains links that sign people in.
 */
export function createLogTransport(log: Log, options: { readonly showText: boolean }): MailTransport {
  return {
    async send({ recipients, subject, text }) {
      const to = recipients.join(', ')
      if (options.showText) log.info({ to, subject }, `email (not sent, development mode):\n${text}`)
      else log.warn({ to, subject }, 'email not sent: email.transport is log')
      return []
    },
    async close() {},
  }
}
