import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shell } from '../../shell/root-route'
import { deliveriesSearch } from '../webhooks/deliveries-search'
import { webhooksSearch } from '../webhooks/webhooks-search'

const webhooks = createRoute({
  getParentRoute: () => shell,
  path: '/webhooks',
  validateSearch: webhooksSearch,
  component: lazyRouteComponent(() => import('../webhooks/webhooks-page'), 'WebhooksPage'),
})
const deliveries = createRoute({
  getParentRoute: () => shell,
  path: '/deliveries',
  validateSearch: deliveriesSearch,
  component: lazyRouteComponent(() => import('../webhooks/deliveries-page'), 'DeliveriesPage'),
})

export const outgoingRoutes = [webhooks, deliveries] as const
