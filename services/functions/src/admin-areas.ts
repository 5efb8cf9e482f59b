import { defineAdminArea } from '@koyalite/access'

/** The functions of a project: what there is, what was called, and which version serves. */
export const FUNCTIONS_AREA = defineAdminArea({ name: 'functions', read: 'viewer', write: 'admin', scope: 'admin' })
