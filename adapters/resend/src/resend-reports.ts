import type { MailReport, MailReports } from '@koyalite/contracts'
import { Resend } from 'resend'
import { MAIL_TAG } from './resend-transport'

/** A UUID, as our ids are. */
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const STATES: ReadonlyMap<unknown, MailReport['state']> = new Map([
  ['email.sent', 'sent'],
  ['email.delivery_delayed', 'delayed'],
  ['email.delivered', 'delivered'],
  ['email.bounced', 'bounced'],
  ['email.complained', 'complained'],
  ['email.failed', 'failed'],
  ['email.suppressed', 'failed'],
])

/** Reads webhooks of Resend, signed as Svix does. @param secret `whsec_…` */
export function createResendReports(secret: string): MailReports {
  // Checking signatures asks nothing of the API.
  const { webhooks } = new Resend('unused', { baseUrl: 'http://127.0.0.1:9' })
  return {
    read(body, headers) {
      const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map(
        (name) => headers.get(`svix-${name}`) ?? '',
      )
      const payload = textOf(body)
      if (payload === null || !id || !timestamp || !signature) return 'forged'
      let event: unknown
      try {
        event = webhooks.verify({ payload, headers: { id, timestamp, signature }, webhookSecret: secret })
      } catch {
        return 'forged'
      }
      return reportOf(id, event) ?? 'foreign'
    },
  }
}

/** Null for what is not UTF-8: of two bodies of other bytes, none has the text of the other. */
function textOf(body: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    return null
  }
}

/** Null for what is not about an email of ours. */
function reportOf(id: string, event: unknown): MailReport | null {
  const { type, created_at: createdAt, data } = objectOf(event)
  const { to, tags, bounce, failed, suppressed } = objectOf(data)
  const state = STATES.get(type)
  const mail = tagOf(tags)
  if (state === undefined || mail === null) return null
  const told = objectOf(bounce ?? failed ?? suppressed)
  const at = Date.parse(String(createdAt))
  return {
    ...{ id, mail, state },
    isHard: state === 'bounced' && told.type === 'Permanent',
    recipients: Array.isArray(to) ? to.filter((one) => typeof one === 'string') : [],
    message: textIn(told.message) ?? textIn(told.reason),
    at: Number.isNaN(at) ? Date.now() : at,
  }
}

/** Webhooks have tags as an object, the API as a list of names and values. */
function tagOf(tags: unknown): string | null {
  const value = Array.isArray(tags)
    ? objectOf(tags.find((tag) => objectOf(tag).name === MAIL_TAG)).value
    : objectOf(tags)[MAIL_TAG]
  return typeof value === 'string' && ID.test(value) ? value : null
}

function textIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
