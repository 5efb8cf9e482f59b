import { MailRefused, type MailTransport } from '@koyalite/contracts'

const TIMEOUT = 15_000

/**
 * Sends over SMTP. With `smtps://` the whole connection is encrypted; with `smtp://` it is as soon as the server offers that, and must be
 * before a password is sent to another machine.
 * @param url `smtp://user:password@host:port`
 */
export async function createSmtpTransport(url: string): Promise<MailTransport> {
  const transport = await transporter(url)
  return {
    async send(mail) {
      try {
        // As an object: a text would be parsed as a list of addresses.
        const to = { name: '', address: mail.to }
        await transport.sendMail({ ...mail, to, headers: { 'Auto-Submitted': 'auto-generated' } })
      } catch (error) {
        const code = (error as { responseCode?: number }).responseCode
        // 5xx is final by the standard, except where it is about how we sign in: the administrator can mend that.
        const isFinal = code !== undefined && code >= 500 && ![530, 534, 535, 538].includes(code)
        throw isFinal ? new MailRefused((error as Error).message, { cause: error }) : error
      }
    },
    async close() {
      transport.close()
    },
  }
}

async function transporter(url: string) {
  const { createTransport } = await import('nodemailer')
  const { protocol, hostname, port, username, password } = new URL(url)
  const secure = protocol === 'smtps:'
  const isHere = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
  return createTransport({
    pool: true,
    maxConnections: 2,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: !secure && !isHere && username !== '',
    ignoreTLS: !secure && isHere,
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: TIMEOUT,
    greetingTimeout: TIMEOUT,
    socketTimeout: TIMEOUT,
    // A text that begins like a path or an address is text.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}
