import { type AdminArea, defineAdminArea } from '@koyalite/access'

export const AUDIT_AREA = defineAdminArea({ name: 'audit', read: 'viewer', write: null, scope: 'logs' })

export const AUDIT_AREAS: readonly AdminArea[] = [AUDIT_AREA]
