import { type AdminArea, defineAdminArea } from '@koyalite/access'

export const LOGS_AREA = defineAdminArea({ name: 'logs', read: 'viewer', write: 'admin', scope: 'logs' })

export const REALTIME_AREAS: readonly AdminArea[] = [LOGS_AREA]
