export * from './admin-api'
export { AdminApiError, errorOf } from './admin-api-error'
export { type AdminClientOptions, createAdminClient } from './create-admin-client'
export type { CallOptions, RawBody } from './operation'
