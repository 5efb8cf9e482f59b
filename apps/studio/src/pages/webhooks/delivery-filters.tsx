import { useNavigate } from '@tanstack/react-router'
import { useRef } from 'react'
import { INPUT } from '../../kit/text-field'
import { useKeys } from '../../shell/keyboard'
import { type DeliveriesSearch, deliveriesSearch } from './deliveries-search'
import { DELIVERY_STATES, type ListedDelivery } from './delivery-state'
import { useWebhooks } from './use-webhooks'

export interface DeliveryFiltersProps {
  readonly search: DeliveriesSearch
  /** Those that are listed: events among them are offered. */
  readonly deliveries: readonly ListedDelivery[]
}

/** What the list of deliveries is filtered by. All of it is in the address. */
export function DeliveryFilters({ search, deliveries }: DeliveryFiltersProps) {
  const navigate = useNavigate({ from: '/deliveries' })
  const eventInput = useRef<HTMLInputElement>(null)
  useKeys({ search: () => eventInput.current?.focus() })
  const { data: webhooks = [] } = useWebhooks()
  const { endpoint = '', state = '', event = '' } = search
  const names = [...new Set([...webhooks.map(({ name }) => name), ...(endpoint === '' ? [] : [endpoint])])].sort()
  const events = [...new Set(deliveries.map((one) => one.event))].sort()
  const set = (change: Readonly<Record<string, string>>) =>
    void navigate({ search: deliveriesSearch({ ...search, ...change, id: undefined }), replace: true })
  return (
    <div className="flex flex-wrap items-center gap-2">
      <input
        ref={eventInput}
        type="search"
        aria-label="Event"
        placeholder="Event, like posts.created"
        list="events-of-deliveries"
        value={event}
        onChange={({ target }) => set({ event: target.value.trim() })}
        className={`${INPUT} max-w-[240px] max-sm:max-w-none`}
      />
      <datalist id="events-of-deliveries">
        {events.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <select
        aria-label="State"
        value={state}
        onChange={({ target }) => set({ state: target.value })}
        className={SELECT}
      >
        <option value="">Any state</option>
        {DELIVERY_STATES.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
      <select
        aria-label="Endpoint"
        value={endpoint}
        onChange={({ target }) => set({ endpoint: target.value })}
        className={SELECT}
      >
        <option value="">Any endpoint</option>
        {names.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </div>
  )
}

const SELECT = `${INPUT} w-auto! max-w-[280px] max-sm:min-w-0 max-sm:flex-1`
