import { OPERATORS_DATA } from '@koyalite/access'
import type { Route } from '@koyalite/kernel'

const PATHS = /^\/api\/(collections|batch)(\/|$)/

/**
 * The routes of documents once more, below /api/admin/data/: there the cookie of an operator counts, and the header `Koyalite-As`. A page of
 * the application, which may use the public routes only, is never an operator's.
 */
export function operatorsDataRoutes(routes: readonly Route[]): readonly Route[] {
  return routes
    .filter(({ path }) => PATHS.test(path) && !path.endsWith('/live'))
    .map((route) => ({ ...route, path: route.path.replace('/api/', OPERATORS_DATA) }))
}

/** The same below /internal/v1, for the code of functions: with the rights of who called, and with the server's. */
export function functionsDataRoutes(routes: readonly Route[]): readonly Route[] {
  return routes
    .filter(({ path }) => PATHS.test(path) && !path.endsWith('/live'))
    .flatMap((route) => ['db', 'admin'].map((door) => ({ ...route, path: `/internal/v1/${door}${route.path}` })))
}
