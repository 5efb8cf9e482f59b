import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shell } from '../../shell/root-route'

export const importRoute = createRoute({
  getParentRoute: () => shell,
  path: '/data/$collection/import',
  component: lazyRouteComponent(() => import('./import-page'), 'ImportPage'),
})
