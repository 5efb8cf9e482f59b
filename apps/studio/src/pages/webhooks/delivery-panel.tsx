import { AdminApiError, type GetWebhookDeliveryResponse } from '@koyalite/client/admin'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { AppLink } from '../../kit/app-link'
import { ErrorState, Skeleton } from '../../kit/states'
import { minuteOf, secondOf } from '../../kit/times'
import { useSession } from '../../session/session-context'
import type { LiveListPanel } from '../observe/live-list-page'
import { Fact, Facts, SidePanel } from '../observe/side-panel'
import { dueText } from '../schedules/due-text'
import { DeliveryActions } from './delivery-actions'
import { DeliveryAttempts } from './delivery-attempts'
import { DeliveryRequest } from './delivery-request'
import { DeliveryStateBadge, deliveryKey, deliveryOf } from './delivery-state'

const EVERY_MS = 2_000

/** One delivery: what is sent, to whom, and what came of each attempt. */
export function DeliveryPanel({ id: key, onClose, onKeyDown }: LiveListPanel) {
  const { admin } = useSession()
  const params = deliveryOf(key)
  const { data, error, refetch } = useQuery({
    queryKey: ['webhooks', 'delivery', key],
    queryFn: () => admin.getWebhookDelivery({ params }),
    refetchInterval: ({ state }) => (state.data === undefined || isOpen(state.data) ? EVERY_MS : false),
  })
  const isGone = error instanceof AdminApiError && error.status === 404
  const delivery = isGone ? undefined : data
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the list work in the panel too
    <div className="contents" onKeyDown={onKeyDown}>
      <SidePanel
        label="Delivery"
        title={<span className="font-mono text-code break-all">{delivery?.event ?? key}</span>}
        onClose={onClose}
      >
        {isGone && <p className="text-text-2">This delivery does not exist, or is no longer kept.</p>}
        {error !== null && !isGone && (
          <ErrorState what="The delivery could not be read" error={error} onRetry={() => void refetch()} />
        )}
        {delivery === undefined && error === null && <Skeleton className="h-[320px] w-full" />}
        {delivery !== undefined && (
          <>
            <DeliveryActions delivery={delivery} />
            <DeliveryFacts delivery={delivery} />
            <DeliveryAttempts attempts={delivery.attempts} />
            <DeliveryRequest delivery={delivery} />
          </>
        )}
      </SidePanel>
    </div>
  )
}

function DeliveryFacts({ delivery }: { readonly delivery: GetWebhookDeliveryResponse }) {
  const { endpoint, document, next_attempt_at: next, finished_at: ended, blocked_by, behind, replay_of } = delivery
  return (
    <Facts>
      <Fact name="State">
        <DeliveryStateBadge delivery={delivery} />
        {delivery.state === 'held' && (
          <p className="pt-1 text-text-2">
            It waited when this database was copied or restored: the original may have sent it. A replay sends it.
          </p>
        )}
      </Fact>
      <Fact name="Endpoint">
        <Link to="/webhooks" search={{ name: endpoint }} className="font-mono text-code text-link hover:underline">
          {endpoint}
        </Link>
      </Fact>
      {document !== null && (
        <Fact name="Document">
          <AppLink href={documentPath(document)} className="font-mono text-code break-all text-link hover:underline">
            {document}
          </AppLink>
        </Fact>
      )}
      {blocked_by !== null && (
        <Fact name="Waits for">
          <DeliveryLink endpoint={endpoint} id={blocked_by} />, an earlier event of the document
        </Fact>
      )}
      {behind > 0 && (
        <Fact name="Holds back">{behind >= MAX_BEHIND ? `${MAX_BEHIND} or more` : behind} of its document</Fact>
      )}
      <Fact name="Taken">{timeOf(delivery.created_at)}</Fact>
      {next !== null && (
        <Fact name="Next attempt">
          {minuteOf(next)}, {dueText(next, Date.now())}
        </Fact>
      )}
      {ended !== null && <Fact name="Ended">{timeOf(ended)}</Fact>}
      {replay_of !== null && (
        <Fact name="Replay of">
          <DeliveryLink endpoint={endpoint} id={replay_of} />
        </Fact>
      )}
    </Facts>
  )
}

/** From so many on the server counts no further. */
const MAX_BEHIND = 1000

function DeliveryLink({ endpoint, id }: { readonly endpoint: string; readonly id: string }) {
  return (
    <Link
      from="/deliveries"
      search={(before) => ({ ...before, id: deliveryKey({ endpoint, id }) })}
      className="font-mono text-code text-link hover:underline"
    >
      {id}
    </Link>
  )
}

function isOpen({ state }: GetWebhookDeliveryResponse): boolean {
  return state === 'waiting' || state === 'blocked'
}

/** `posts/42`; a key may have slashes. */
function documentPath(document: string): string {
  const at = document.indexOf('/')
  return `/data/${encodeURIComponent(document.slice(0, at))}/${encodeURIComponent(document.slice(at + 1))}`
}

function timeOf(at: string): string {
  return `${at.slice(0, 10)} ${secondOf(at)}`
}
