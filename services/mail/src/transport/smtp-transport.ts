import { PassThrough } from 'node:stream'
import { MailOutcomeUnknown, MailRefused, type MailTransport, RecipientsRefused } from '@koyalite/contracts'
import { type RejectedError, refusedRecipients } from './smtp-refusals'

const TIMEOUT = 15_000

/**
 * Sends over SMTP. With `smtps://` the whole connection is encrypted; with `smtp://` it is as soon as the server offers that, and must be
 * before a password is sent to another machine.
 * @param url `smtp://user:password@host:port`
 * @param onLine called with each line of the dialogue with the server: `C:` ours, `S:` its; what signs in is left out
 */
export async function createSmtpTransport(url: string, onLine?: (line: string) => void): Promise<MailTransport> {
  const transport = await transporter(url, onLine)
  return {
    async send(mail) {
      const { from, to, cc, bcc, recipients, replyTo, headers, subject, text, html, attachments, messageId } = mail
      let isHandedOver = false
      const isNarrowed = recipients.length < to.length + cc.length + bcc.length
      const passed = {
        ...{ from, subject, text, messageId, to: objects(to), cc: objects(cc), bcc: objects(bcc) },
        ...(html !== null && { html }),
        ...(replyTo !== null && { replyTo: objects([replyTo]) }),
        ...(isNarrowed && { envelope: { from, to: [...recipients] } }),
        ...(attachments.length > 0 && { attachments: attachments.map((one) => ({ ...one, encoding: 'base64' })) }),
        headers: { ...headers, 'Auto-Submitted': 'auto-generated' },
        onEnd() {
          isHandedOver = true
        },
      }
      try {
        const { rejectedErrors = [] } = await transport.sendMail(passed)
        return refusedRecipients(rejectedErrors)
      } catch (error) {
        const code = (error as { responseCode?: number }).responseCode
        const { message, rejectedErrors = [] } = error as Error & { readonly rejectedErrors?: readonly RejectedError[] }
        const refused = refusedRecipients(rejectedErrors)
        if (refused.length > 0) throw new RecipientsRefused(message, refused, { cause: error })
        if (code === undefined && isHandedOver) throw new MailOutcomeUnknown(message, { cause: error })
        // 5xx is final by the standard, except where it is about how we sign in: the administrator can mend that.
        const isFinal = code !== undefined && code >= 500 && ![530, 534, 535, 538].includes(code)
        throw isFinal ? new MailRefused(message, { cause: error }) : error
      }
    },
    async close() {
      transport.close()
    },
  }
}

async function transporter(url: string, onLine?: (line: string) => void) {
  const { createTransport } = await import('nodemailer')
  const { protocol, hostname, port, username, password } = new URL(url)
  const secure = protocol === 'smtps:'
  const isHere = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
  const created = createTransport({
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
    ...(onLine && { debug: true, logger: dialogueLogger(onLine) }),
    // A text that begins like a path or an address is text.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  created.use('stream', ({ data, message }, done) => {
    const { onEnd } = data as { readonly onEnd?: () => void }
    // The last byte of the mail is passed on: from then on the server may have it.
    const flush = (end: () => void) => {
      onEnd?.()
      end()
    }
    message.transform(() => new PassThrough({ flush }))
    done()
  })
  return created
}

/** As objects: a text would be parsed as a list of addresses. */
function objects(addresses: readonly string[]) {
  return addresses.map((address) => ({ name: '', address }))
}

/** What the client logs of the dialogue, as lines. Its other messages are about its own pool. */
function dialogueLogger(onLine: (line: string) => void) {
  let signsIn = false
  const take = (entry: { readonly tnx?: string }, text: string) => {
    if (entry.tnx !== 'client' && entry.tnx !== 'server') return
    const isOurs = entry.tnx === 'client'
    // Names and passwords follow on it, until the server has said what it thinks of them.
    if (isOurs && /^AUTH /i.test(text)) signsIn = true
    if (!isOurs && /^(?:235|[45]\d\d)/.test(text)) signsIn = false
    onLine(`${isOurs ? 'C' : 'S'}: ${isOurs && signsIn ? text.replace(/^(AUTH \w+)?.*/is, '$1 ••••••') : text}`.trim())
  }
  const ignore = () => {}
  return { level: ignore, trace: take, debug: take, info: ignore, warn: ignore, error: ignore, fatal: ignore }
}
