import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shell } from '../../shell/root-route'
import { callSearch } from './call-search'

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/api',
  component: lazyRouteComponent(() => import('./api-page'), 'ApiPage'),
})

const collection = createRoute({
  getParentRoute: () => shell,
  path: '/api/$collection',
  validateSearch: callSearch,
  component: lazyRouteComponent(() => import('./collection-api-page'), 'CollectionApiPage'),
})

export const apiRoutes = [overview, collection] as const
