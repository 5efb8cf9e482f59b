import { MailRefused, type MailTransport } from '@koyalite/contracts'

const TIMEOUT = 15_000

/** Sends over the HTTP API of Resend. @param endpoint for tests, and for services that speak the same */
export function createResendTransport(apiKey: string, endpoint = 'https://api.resend.com/emails'): MailTransport {
  return {
    async send({ from, to, cc, bcc, recipients, replyTo, headers, subject, text, html, messageId }) {
      const still = (addresses: readonly string[]) => addresses.filter((one) => recipients.includes(one))
      const [others, hidden] = [still(cc), still(bcc)]
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${apiKey}`,
          'content-type': 'application/json',
          'idempotency-key': messageId,
        },
        body: JSON.stringify({
          ...{ from, to: still(to), subject, text },
          ...(html !== null && { html }),
          ...(others.length > 0 && { cc: others }),
          ...(hidden.length > 0 && { bcc: hidden }),
          ...(replyTo !== null && { reply_to: replyTo }),
          ...(Object.keys(headers).length > 0 && { headers }),
        }),
        signal: AbortSignal.timeout(TIMEOUT),
        redirect: 'error',
      })
      if (response.ok) return []
      const message = `Resend responded with ${response.status}: ${(await response.text()).slice(0, 300)}`
      // The mail itself is at fault, or not: a wrong key or a limit can be mended.
      throw response.status === 422 || response.status === 400 ? new MailRefused(message) : new Error(message)
    },
    async close() {},
  }
}
