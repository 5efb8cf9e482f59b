import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shell } from '../../shell/root-route'

export const changesRoute = createRoute({
  getParentRoute: () => shell,
  path: '/changes',
  validateSearch: ({ all }: Record<string, unknown>): { readonly all?: true } => (all === true ? { all } : {}),
  component: lazyRouteComponent(() => import('./changes-page'), 'ChangesPage'),
})
