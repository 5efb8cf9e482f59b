import { byRules } from '@koyalite/access'
import type { ApiRequest, HttpMethod, Route, RouteResponse } from '@koyalite/kernel'
import type { DataContext } from '../data-context'
import { bulkRoute } from './bulk-route'
import { changeRoutes } from './change-routes'
import { collectionsRoute } from './collections-route'
import { exportRoute } from './export-route'
import { importRoutes } from './import-documents'
import { importRowsRoute } from './import-rows-route'
import { positionRoute } from './position-route'
import { aggregate, get, list } from './read-documents'
import { batch, type ChargeOperations, create, patch, put, remove } from './write-documents'

/** REST over the collections of the loaded schema. @param charge by default operations are not limited */
export function dataRoutes(context: DataContext, charge: ChargeOperations = () => {}): readonly Route[] {
  return [
    byTheRules('GET', '/api/collections/:collection', (request) => list(context, request)),
    byTheRules('POST', '/api/collections/:collection', (request) => create(context, request, charge)),
    byTheRules('GET', '/api/collections/:collection/aggregate', (request) => aggregate(context, request)),
    byTheRules('GET', '/api/collections/:collection/:id', (request) => get(context, request)),
    byTheRules('PATCH', '/api/collections/:collection/:id', (request) => patch(context, request)),
    byTheRules('PUT', '/api/collections/:collection/:id', (request) => put(context, request)),
    byTheRules('DELETE', '/api/collections/:collection/:id', (request) => remove(context, request)),
    byTheRules('POST', '/api/batch', (request) => batch(context, request, charge)),
    positionRoute(context),
    collectionsRoute(context),
    ...importRoutes(context),
    ...changeRoutes(context),
    bulkRoute(context),
    importRowsRoute(context),
    exportRoute(context),
  ]
}

/** A route without declared types: the hot path. What it takes depends on the schema, which `openapi/` describes. */
function byTheRules(
  method: HttpMethod,
  path: string,
  handle: (request: ApiRequest) => RouteResponse | Promise<RouteResponse>,
): Route {
  return { method, path, access: byRules, handle }
}
