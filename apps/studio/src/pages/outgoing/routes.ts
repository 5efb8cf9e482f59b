import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { newSearch } from '../../kit/use-new-in-address'
import { shell } from '../../shell/root-route'
import { mailsSearch } from '../mails/mails-search'
import { templatesSearch } from '../mails/templates-search'
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

const mails = createRoute({
  getParentRoute: () => shell,
  path: '/mails',
  validateSearch: mailsSearch,
  component: lazyRouteComponent(() => import('../mails/mails-page'), 'MailsPage'),
})
const templates = createRoute({
  getParentRoute: () => shell,
  path: '/mails/templates',
  validateSearch: templatesSearch,
  component: lazyRouteComponent(() => import('../mails/templates-page'), 'TemplatesPage'),
})
const suppressions = createRoute({
  getParentRoute: () => shell,
  path: '/mails/suppressions',
  validateSearch: newSearch,
  component: lazyRouteComponent(() => import('../mails/suppressions-page'), 'SuppressionsPage'),
})
export const outgoingRoutes = [webhooks, deliveries, mails, templates, suppressions] as const
