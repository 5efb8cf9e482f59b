import { defineAdminArea } from '@koyalite/access'

/** Whoever makes a schedule runs a function, again and again. */
export const SCHEDULES_AREA = defineAdminArea({ name: 'schedules', read: 'viewer', write: 'admin', scope: 'admin' })
