import { defineAdminArea } from '@koyalite/access'

export const LOGS_AREA = defineAdminArea({ name: 'logs', read: 'viewer', write: 'admin', scope: 'logs' })
