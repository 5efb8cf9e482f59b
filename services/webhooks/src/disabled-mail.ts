import type { OperatorMail } from '@koyalite/contracts'
import type { DisabledReason } from './endpoints/endpoint'

const REASONS: Readonly<Record<DisabledReason, string>> = {
  operator: 'An operator disabled it.',
  gone: 'Its receiver answered 410 Gone, which says that it wants no more events.',
  failing: 'No attempt to deliver an event has succeeded for 5 days.',
  copy: 'The database is a copy of another project.',
}

/** To operators. The address of an endpoint may have a secret in it: its name is enough. */
export function disabledMail(endpoint: string, reason: DisabledReason): OperatorMail {
  return {
    name: 'webhook_disabled',
    subject: `{app}: the webhook '${endpoint}' was disabled`,
    intro: `The webhook endpoint '${endpoint}' was disabled. ${REASONS[reason]} Events are no longer sent to it, and those that wait stay where they are.`,
    outro: `When the receiver works again: koyalite webhooks enable ${endpoint}, then koyalite webhooks replay ${endpoint} --from <time> for what happened meanwhile.`,
  }
}
