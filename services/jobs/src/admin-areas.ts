import { defineAdminArea } from '@koyalite/access'

/** Jobs, their queues, and background tasks. */
export const JOBS_AREA = defineAdminArea({ name: 'jobs', read: 'viewer', write: 'admin', scope: 'admin' })
