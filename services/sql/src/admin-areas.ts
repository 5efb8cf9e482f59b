import { defineAdminArea } from '@koyalite/access'

/** Internal fields, and those tables of the system that hold no credentials. */
export const SQL_INTERNAL_AREA = defineAdminArea({ name: 'sql_internal', read: 'owner', write: null, scope: null })
