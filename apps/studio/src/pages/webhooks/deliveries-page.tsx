import { Link, useSearch } from '@tanstack/react-router'
import { EmptyState } from '../../kit/states'
import { useSession } from '../../session/session-context'
import { LiveListPage } from '../observe/live-list-page'
import { NothingMatches } from '../observe/nothing-matches'
import { useLivePages } from '../observe/use-live-pages'
import { DeliveryFilters } from './delivery-filters'
import { DeliveryPanel } from './delivery-panel'
import { deliveryKey } from './delivery-state'
import { DeliveryTable } from './delivery-table'

/** What was sent to endpoints of webhooks, what waits, and what could not be delivered. */
export function DeliveriesPage() {
  const { admin } = useSession()
  const search = useSearch({ from: '/shell/deliveries' })
  const { id: _, live: __, ...filter } = search
  const pages = useLivePages({
    queryKey: ['webhooks', 'deliveries', filter],
    read: (page) => admin.listAllWebhookDeliveries({ query: { ...filter, ...page } }),
    entriesOf: ({ deliveries }) =>
      deliveries.map((delivery) => ({ ...delivery, id: deliveryKey(delivery), at: delivery.created_at })),
  })
  return (
    <LiveListPage
      title="Deliveries"
      what="deliveries"
      search={search}
      pages={pages}
      filters={<DeliveryFilters search={search} deliveries={pages.entries ?? []} />}
      empty={
        Object.keys(filter).length > 0 ? (
          <NothingMatches page="/deliveries">
            No delivery that is kept matches. Events are compared as a whole, like posts.created.
          </NothingMatches>
        ) : (
          <EmptyState title="Nothing was sent yet">
            <p>Each event that an endpoint asks for is here: on its way, delivered, or given up.</p>
            <Link to="/webhooks" className="text-link underline">
              Endpoints of webhooks
            </Link>
          </EmptyState>
        )
      }
      table={(deliveries, open) => <DeliveryTable deliveries={deliveries} open={open} />}
      panel={(panel) => <DeliveryPanel key={panel.id} {...panel} />}
    />
  )
}
