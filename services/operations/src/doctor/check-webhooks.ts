import type { WebhookHealth } from '@koyalite/contracts'
import { type Finding, note, problem } from './finding'

const LATE_MS = 5 * 60_000

const DISABLED: Readonly<Record<NonNullable<WebhookHealth['disabled']>, string | null>> = {
  operator: null,
  gone: 'its receiver answered 410 Gone',
  failing: 'no attempt has succeeded for 5 days',
  copy: 'this database is a copy of another project',
}

/** Endpoints that get no events though somebody may think so. */
export function checkWebhooks(
  { webhooks }: { readonly webhooks: { health(): readonly WebhookHealth[] } },
  now = Date.now(),
): readonly Finding[] {
  return webhooks.health().flatMap((endpoint) => findingsOf(endpoint, now))
}

function findingsOf(
  { name, disabled, failingSince, waiting, oldestAt, dropped, problems }: WebhookHealth,
  now: number,
): readonly Finding[] {
  const check = 'webhooks'
  const findings = problems.map((text) =>
    problem(check, `the webhook '${name}' does not fit the schema: ${text}`, 'Change the endpoint, or the schema.'),
  )
  if (dropped > 0)
    findings.push(
      problem(
        check,
        `the webhook '${name}' has missed ${dropped} events, because too many waited (webhooks.max_waiting)`,
        `Once its receiver works: koyalite webhooks replay ${name} --from <time>; koyalite webhooks list says since when.`,
      ),
    )
  if (disabled !== null) {
    const reason = DISABLED[disabled]
    if (reason === null) return findings
    const text = `the webhook '${name}' is disabled: ${reason}`
    const advice = `koyalite webhooks enable ${name}`
    return [...findings, disabled === 'copy' ? note(check, text, advice) : problem(check, text, advice)]
  }
  if (failingSince !== null && oldestAt !== null && now - oldestAt > LATE_MS)
    findings.push(
      problem(
        check,
        `the webhook '${name}' has failed since ${new Date(failingSince).toISOString()}: ${waiting} events wait`,
        `koyalite webhooks test ${name} says what its receiver answers.`,
      ),
    )
  return findings
}
