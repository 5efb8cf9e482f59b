import {
  type AuditEvent,
  type DeadJob,
  EVENT_JOBS,
  type MailNews,
  SYSTEM_EVENTS,
  type SystemEvent,
  type SystemEventType,
} from '@koyalite/contracts'

const TYPES: ReadonlySet<string> = new Set(SYSTEM_EVENTS.filter((type) => type.startsWith('auth.')))

/** What the audit log is told of a user, as an event: who it was, and no more. Null of everything else, and of what failed. */
export function authEventOf({ event, outcome, actor, target }: AuditEvent): SystemEvent | null {
  if (!TYPES.has(event) || outcome !== 'success') return null
  const user = target?.kind === 'user' ? target : actor
  if (user.kind !== 'user' || user.id === null) return null
  // `TYPES` has nothing else.
  return { type: event as SystemEventType, data: { id: user.id, kind: 'user' }, chain: null }
}

/** What has become of a mail. It is for those whom the project trusts with addresses. */
export function mailEvent({ state, chain, ...data }: MailNews): SystemEvent {
  return { type: `mail.${state}`, data: { ...data, recipients: [...data.recipients] }, chain }
}

/** Null of work of the server itself: a webhook that tells of webhooks which could not be delivered would tell for ever. */
export function deadJobEvent({ id, name, attempts, error, chain }: DeadJob): SystemEvent | null {
  const ofFunction = name.startsWith(EVENT_JOBS) ? name.slice(EVENT_JOBS.length) : name
  if (ofFunction.includes('.')) return null
  return { type: 'job.dead', data: { id, name: ofFunction, attempts, error: error.code }, chain }
}
