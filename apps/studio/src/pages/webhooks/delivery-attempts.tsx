import type { GetWebhookDeliveryResponse } from '@koyalite/client/admin'
import { Badge } from '../../kit/badge'
import { durationText } from '../../kit/quantities'
import { secondOf } from '../../kit/times'
import { SendProblem } from './send-problem'

type Attempt = GetWebhookDeliveryResponse['attempts'][number]

/** What came of each attempt, the last one first. */
export function DeliveryAttempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  return (
    <section aria-labelledby="delivery-attempts" className="flex flex-col gap-2">
      <h3 id="delivery-attempts" className="text-md font-semibold">
        Attempts
      </h3>
      {attempts.length === 0 && <p className="text-text-2">None yet.</p>}
      {attempts.length > 0 && (
        <>
          <ol reversed className="divide-y divide-line rounded-panel border border-line">
            {attempts.toReversed().map((attempt) => (
              <AttemptRow key={attempt.at} attempt={attempt} />
            ))}
          </ol>
          <p className="text-sm text-text-2">Of answers only the status is kept.</p>
        </>
      )}
    </section>
  )
}

function AttemptRow({ attempt: { at, ok, status, ms, error } }: { readonly attempt: Attempt }) {
  return (
    <li className="flex flex-col gap-1 px-3 py-2">
      <p className="flex flex-wrap items-baseline gap-2">
        <Badge kind={ok ? 'success' : 'danger'}>{status ?? 'no answer'}</Badge>
        <span>
          {at.slice(0, 10)} {secondOf(at)}
        </span>
        <span className="text-sm text-text-2">after {durationText(ms)}</span>
      </p>
      {error !== null && (
        <p className="text-sm text-text-2">
          <SendProblem text={error} />
        </p>
      )}
    </li>
  )
}
