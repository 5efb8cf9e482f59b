import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { shell } from '../../shell/root-route'
import { auditSearch, logsSearch, rangeOnly, requestsSearch, speedSearch } from './observe-search'

const observe = createRoute({
  getParentRoute: () => shell,
  path: '/observe',
  beforeLoad: () => {
    throw redirect({ to: '/observe/requests', replace: true })
  },
})
const requests = createRoute({
  getParentRoute: () => shell,
  path: '/observe/requests',
  validateSearch: requestsSearch,
  component: lazyRouteComponent(() => import('./requests-page'), 'RequestsPage'),
})
const errors = createRoute({
  getParentRoute: () => shell,
  path: '/observe/errors',
  validateSearch: rangeOnly,
  component: lazyRouteComponent(() => import('./errors-page'), 'ErrorsPage'),
})
const speed = createRoute({
  getParentRoute: () => shell,
  path: '/observe/speed',
  validateSearch: speedSearch,
  component: lazyRouteComponent(() => import('./speed-page'), 'SpeedPage'),
})
const realtime = createRoute({
  getParentRoute: () => shell,
  path: '/observe/realtime',
  validateSearch: rangeOnly,
  component: lazyRouteComponent(() => import('./realtime-page'), 'RealtimePage'),
})
const storage = createRoute({
  getParentRoute: () => shell,
  path: '/observe/storage',
  validateSearch: rangeOnly,
  component: lazyRouteComponent(() => import('./storage-page'), 'StoragePage'),
})
const audit = createRoute({
  getParentRoute: () => shell,
  path: '/observe/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('./audit-page'), 'AuditPage'),
})
const logs = createRoute({
  getParentRoute: () => shell,
  path: '/observe/logs',
  validateSearch: logsSearch,
  component: lazyRouteComponent(() => import('./logs-page'), 'LogsPage'),
})

export const observeRoutes = [observe, requests, errors, speed, realtime, storage, audit, logs] as const
