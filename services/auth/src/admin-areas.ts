import { type AdminArea, defineAdminArea } from '@koyalite/access'
import { USERS } from '@koyalite/schema'

export const USERS_AREA = defineAdminArea({
  name: 'users',
  read: 'viewer',
  write: 'admin',
  scope: 'auth',
  collection: USERS,
})
export const SESSIONS_AREA = defineAdminArea({ name: 'sessions', read: 'viewer', write: 'admin', scope: 'auth' })
export const ROLES_AREA = defineAdminArea({ name: 'roles', read: 'viewer', write: null, scope: 'auth' })
/** Reading says which settings are missing, never what they are; a test sends requests from the server. */
export const PROVIDERS_AREA = defineAdminArea({ name: 'providers', read: 'viewer', write: 'admin', scope: 'admin' })
export const IMPERSONATION_AREA = defineAdminArea({ name: 'impersonation', read: null, write: 'admin', scope: null })
/** Operators are a matter of persons: no key can make one. */
export const OPERATORS_AREA = defineAdminArea({ name: 'operators', read: 'admin', write: 'owner', scope: null })
export const KEYS_AREA = defineAdminArea({ name: 'keys', read: 'admin', write: 'admin', scope: 'admin' })
export const SIGNING_KEYS_AREA = defineAdminArea({
  name: 'signing_keys',
  read: 'admin',
  write: 'admin',
  scope: 'admin',
})

export const AUTH_AREAS: readonly AdminArea[] = [
  USERS_AREA,
  SESSIONS_AREA,
  ROLES_AREA,
  PROVIDERS_AREA,
  IMPERSONATION_AREA,
  OPERATORS_AREA,
  KEYS_AREA,
  SIGNING_KEYS_AREA,
]
