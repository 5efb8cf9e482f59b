import type { ListAllWebhookDeliveriesResponse } from '@koyalite/client/admin'
import { Badge } from '../../kit/badge'

type Delivery = ListAllWebhookDeliveriesResponse['deliveries'][number]
export type DeliveryState = Delivery['state']
/** In a list over all endpoints: its id has the endpoint before it, `crm/42`. */
export type ListedDelivery = Delivery & { readonly at: string }

export const DELIVERY_STATES = [
  'waiting',
  'blocked',
  'delivered',
  'dead',
  'skipped',
  'held',
] as const satisfies readonly DeliveryState[]

const KINDS = {
  waiting: 'plain',
  blocked: 'warning',
  delivered: 'success',
  dead: 'danger',
  skipped: 'plain',
  held: 'warning',
} as const satisfies Readonly<Record<DeliveryState, string>>

/** What becomes of a delivery, in a word. */
export function DeliveryStateBadge({
  delivery: { state, sending, attempts },
}: {
  readonly delivery: Pick<Delivery, 'state' | 'sending' | 'attempts'>
}) {
  if (sending) return <Badge kind="accent">sending</Badge>
  if (state === 'waiting' && attempts.length > 0) return <Badge kind="warning">retrying</Badge>
  return <Badge kind={KINDS[state]}>{state}</Badge>
}

/** The key of the list and of the address. */
export function deliveryKey({ endpoint, id }: Pick<Delivery, 'endpoint' | 'id'>): string {
  return `${endpoint}/${id}`
}

export function deliveryOf(key: string): { readonly name: string; readonly id: string } {
  const at = key.indexOf('/')
  return { name: key.slice(0, Math.max(at, 0)), id: key.slice(at + 1) }
}
