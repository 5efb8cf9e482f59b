export { createDataContext, type DataContext } from './data-context'
export { type OpenApiDocument, type OpenApiInput, openApiDocument } from './openapi/openapi-document'
export { dataRoutes } from './routes'
export { IDEMPOTENCY_TABLES } from './store/idempotency'
