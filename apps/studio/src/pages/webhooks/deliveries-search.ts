import type { LiveListSearch } from '../observe/live-list-page'
import { DELIVERY_STATES, type DeliveryState } from './delivery-state'

export interface DeliveriesSearch extends LiveListSearch {
  readonly endpoint?: string
  readonly state?: DeliveryState
  /** Its type: `posts.created`. */
  readonly event?: string
}

const MAX_LENGTH = 200

export function deliveriesSearch(search: Readonly<Record<string, unknown>>): DeliveriesSearch {
  const { endpoint, event, id, live } = search
  const state = DELIVERY_STATES.find((one) => one === search.state)
  return {
    ...text('endpoint', endpoint),
    ...(state !== undefined && { state }),
    ...text('event', event),
    ...((live === 0 || live === '0') && { live: 0 as const }),
    ...text('id', id),
  }
}

function text<Name extends string>(name: Name, value: unknown): { readonly [K in Name]?: string } {
  if (typeof value !== 'string' || value === '') return {}
  return { [name]: value.slice(0, MAX_LENGTH) } as { readonly [K in Name]: string }
}
