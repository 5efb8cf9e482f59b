import type { Route } from '@koyalite/kernel'
import type { DataContext } from '../data-context'
import { IMPORT_BODY_LIMIT, importBatch, importCollection, importQuery, importResponse } from './import-documents'
import { get, list } from './read-documents'
import { batch, type ChargeOperations, create, patch, put, remove } from './write-documents'

/** REST over the collections of the loaded schema. @param charge by default operations are not limited */
export function dataRoutes(context: DataContext, charge: ChargeOperations = () => {}): readonly Route[] {
  return [
    { method: 'GET', path: '/api/collections/:collection', handle: (request) => list(context, request) },
    { method: 'POST', path: '/api/collections/:collection', handle: (request) => create(context, request, charge) },
    { method: 'GET', path: '/api/collections/:collection/:id', handle: (request) => get(context, request) },
    { method: 'PATCH', path: '/api/collections/:collection/:id', handle: (request) => patch(context, request) },
    { method: 'PUT', path: '/api/collections/:collection/:id', handle: (request) => put(context, request) },
    { method: 'DELETE', path: '/api/collections/:collection/:id', handle: (request) => remove(context, request) },
    { method: 'POST', path: '/api/batch', handle: (request) => batch(context, request, charge) },
    {
      method: 'POST',
      path: '/api/admin/import/:collection',
      summary: 'Import the documents of an NDJSON body in one transaction',
      query: importQuery,
      responses: { 200: importResponse },
      bodyLimit: IMPORT_BODY_LIMIT,
      handle: (request) => importCollection(context, request),
    },
    {
      method: 'POST',
      path: '/api/admin/import',
      summary: 'Run the operations of an NDJSON body, in batch format, in one transaction',
      responses: { 200: importResponse },
      bodyLimit: IMPORT_BODY_LIMIT,
      handle: (request) => importBatch(context, request),
    },
  ]
}
