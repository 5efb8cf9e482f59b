import { type AdminArea, defineAdminArea, SCHEMA_AREA } from '@koyalite/access'
import { AUDIT_AREAS } from '@koyalite/audit'
import { AUTH_AREAS } from '@koyalite/auth'
import { MAIL_AREAS } from '@koyalite/mail'
import { OPERATIONS_AREAS } from '@koyalite/operations'
import { REALTIME_AREAS } from '@koyalite/realtime'

/** Background tasks. */
export const JOBS_AREA = defineAdminArea({ name: 'jobs', read: 'viewer', write: 'admin', scope: 'admin' })

/** All areas of the admin API, in the order in which permissions are listed. */
export const ADMIN_AREAS: readonly AdminArea[] = [
  ...AUTH_AREAS,
  ...AUDIT_AREAS,
  ...MAIL_AREAS,
  SCHEMA_AREA,
  ...REALTIME_AREAS,
  JOBS_AREA,
  ...OPERATIONS_AREAS,
]
