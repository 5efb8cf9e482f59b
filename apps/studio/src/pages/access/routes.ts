import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { newSearch } from '../../kit/use-new-in-address'
import { shell } from '../../shell/root-route'

const roles = createRoute({
  getParentRoute: () => shell,
  path: '/roles',
  component: lazyRouteComponent(() => import('./roles-page'), 'RolesPage'),
})
const providers = createRoute({
  getParentRoute: () => shell,
  path: '/providers',
  component: lazyRouteComponent(() => import('./providers-page'), 'ProvidersPage'),
})
const operators = createRoute({
  getParentRoute: () => shell,
  path: '/operators',
  validateSearch: newSearch,
  component: lazyRouteComponent(() => import('../operators-page'), 'OperatorsPage'),
})
const keys = createRoute({
  getParentRoute: () => shell,
  path: '/keys',
  validateSearch: newSearch,
  component: lazyRouteComponent(() => import('../keys-page'), 'KeysPage'),
})

const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  component: lazyRouteComponent(() => import('../account-page'), 'AccountPage'),
})

export const accessRoutes = [account, roles, providers, operators, keys] as const
