import { defineAdminArea } from '@koyalite/access'

export const AUDIT_AREA = defineAdminArea({ name: 'audit', read: 'viewer', write: null, scope: 'logs' })
