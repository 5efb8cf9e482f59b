export { createDataContext, type DataContext } from './data-context'
export { dataRoutes } from './routes'
export { IDEMPOTENCY_TABLES } from './store/idempotency'
