import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shell } from '../../shell/root-route'
import { collectionSearch, matrixSearch, testerSearch } from './search'

const matrix = createRoute({
  getParentRoute: () => shell,
  path: '/policies',
  validateSearch: matrixSearch,
  component: lazyRouteComponent(() => import('./matrix-page'), 'MatrixPage'),
})

const tester = createRoute({
  getParentRoute: () => shell,
  path: '/policies/test',
  validateSearch: testerSearch,
  component: lazyRouteComponent(() => import('./tester-page'), 'TesterPage'),
})

const tests = createRoute({
  getParentRoute: () => shell,
  path: '/policies/tests',
  component: lazyRouteComponent(() => import('./rule-tests-page'), 'RuleTestsPage'),
})

const collection = createRoute({
  getParentRoute: () => shell,
  path: '/policies/$collection',
  validateSearch: collectionSearch,
  component: lazyRouteComponent(() => import('./collection-page'), 'CollectionPage'),
})

export const policiesRoutes = [matrix, tester, tests, collection] as const
