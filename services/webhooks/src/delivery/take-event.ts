import type { ProjectEvent, Tx } from '@koyalite/contracts'
import type { Log } from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import type { EndpointSet } from '../endpoints/endpoint-set'
import { bodyOfMessage, insertDelivery } from '../store/deliveries'
import { noteDropped, noteSkipped, takeRoom } from '../store/endpoint-rows'
import { messageBody } from './message-body'

export interface TakeContext {
  readonly endpoints: EndpointSet
  readonly schema: () => Schema
  readonly maxWaiting: () => number
  readonly log: Pick<Log, 'warn'>
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** There is something to send to an endpoint. */
  readonly wake: (endpoint: string) => void
}

/** Makes a delivery of an event, in the transaction in which the event is counted as delivered. Nothing is sent here. */
export function takeEvent(
  tx: Tx,
  name: string,
  { event, context }: { readonly event: ProjectEvent; readonly context: TakeContext },
): void {
  const { endpoints, log, now } = context
  const endpoint = endpoints.find(name)
  if (endpoint === null || endpoint.disabledAt !== null) return
  const { change, type } = event
  const condition = endpoints.condition(endpoint, { collection: change?.collection ?? null, type })
  // As in rules: what is deleted is `doc`.
  const meets = condition === null || condition({ doc: change?.doc ?? change?.old ?? null, old: change?.old ?? null })
  if (meets === false) return
  if (meets === 'error') {
    noteSkipped(tx, name)
    log.warn({ webhook: name, event: type }, "an event is not sent: the webhook's `when` failed on it")
    return
  }
  if (!takeRoom(tx, name, context.maxWaiting())) {
    if (noteDropped(tx, name, now()) === 1)
      log.warn(
        { webhook: name },
        'too many events wait for a webhook (webhooks.max_waiting): further ones are not sent',
      )
    return
  }
  const messageId = `${name}_${event.id}`
  const keyField = change === null ? '' : keyFieldOf(context.schema(), change.collection)
  insertDelivery(tx, {
    ...{ endpoint: name, messageId, event: type, createdAt: now(), replayOf: null },
    document: endpoint.order === 'document' && change !== null ? `${change.collection}/${change.key}` : null,
    // The same bytes under the same id, whatever the endpoint says meanwhile.
    body: bodyOfMessage(tx, messageId) ?? messageBody(event, { ...endpoint, keyField }),
  })
  tx.afterCommit(() => context.wake(name))
}

function keyFieldOf(schema: Schema, name: string): string {
  const fields = schema.collections.get(name)?.fields.values() ?? []
  return [...fields].find(({ primary }) => primary)?.name ?? 'id'
}
