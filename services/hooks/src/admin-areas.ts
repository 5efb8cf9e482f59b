import { defineAdminArea } from '@koyalite/access'

/** Hooks run in the server's process: what they are is seen, and changed only in the project's files. */
export const HOOKS_AREA = defineAdminArea({ name: 'hooks', read: 'viewer', write: 'admin', scope: 'admin' })
