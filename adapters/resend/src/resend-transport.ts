import { MailDeferred, MailRefused, type MailTransport } from '@koyalite/contracts'
import { type CreateEmailOptions, type CreateEmailRequestOptions, Resend } from 'resend'

const TIMEOUT = 15_000
/** It comes back in what Resend reports of the email, also of one whose response was lost. */
export const MAIL_TAG = 'koyalite_mail'
/** Milliseconds, where a refusal of too many requests does not say. */
const DEFAULT_PAUSE = 5_000

/** Sends by the API of Resend. @param baseUrl for tests */
export function createResendTransport(apiKey: string, baseUrl = 'https://api.resend.com'): MailTransport {
  const resend = new Resend(apiKey, { baseUrl })
  return {
    async send({ id, from, to, cc, bcc, recipients, replyTo, headers, subject, text, html, attachments, messageId }) {
      const still = (addresses: readonly string[]) => addresses.filter((one) => recipients.includes(one))
      const [others, hidden] = [still(cc), still(bcc)]
      const mail: CreateEmailOptions = {
        ...{ from, to: still(to), subject, text },
        ...(html !== null && { html }),
        ...(others.length > 0 && { cc: others }),
        ...(hidden.length > 0 && { bcc: hidden }),
        ...(replyTo !== null && { replyTo }),
        ...(Object.keys(headers).length > 0 && { headers }),
        ...(attachments.length > 0 && { attachments: attachments.map((one) => ({ ...one })) }),
        tags: [{ name: MAIL_TAG, value: id }],
      }
      // The client passes what else it is given on to fetch.
      const how: CreateEmailRequestOptions & RequestInit = {
        ...{ idempotencyKey: messageId, signal: AbortSignal.timeout(TIMEOUT), redirect: 'error' },
      }
      const { error, headers: received } = await resend.emails.send(mail, how)
      if (error !== null) throw failureOf(error, received?.['retry-after'])
      return []
    },
    async close() {},
  }
}

interface ResendError {
  readonly name: string
  readonly message: string
  readonly statusCode: number | null
}

/**
 * The email itself is at fault, or not: a wrong key, a domain that is not verified or a limit can be mended. A key that was used for another text says that
 * the email was taken before: sending it again is for people to decide.
 */
function failureOf({ name, message, statusCode }: ResendError, retryAfter: string | undefined): Error {
  const text = `Resend responded with ${statusCode ?? 'nothing'}: ${name}: ${message}`.slice(0, 400)
  if (statusCode === 429) return new MailDeferred(text, pauseOf(retryAfter))
  if (name === 'invalid_idempotent_request') return new MailRefused(`unknown: it was probably sent before. ${text}`)
  return statusCode === 400 || statusCode === 422 ? new MailRefused(text) : new Error(text)
}

function pauseOf(retryAfter: string | undefined): number {
  return /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) * 1000 : DEFAULT_PAUSE
}
