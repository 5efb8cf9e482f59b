export { type DataContext, createDataContext } from './data-context'
export { type AppliedSchema, applySchema } from './operations/apply-schema'
export { dataRoutes } from './routes'
