import { defineAdminArea } from '@koyalite/access'

/** Mails hold links that sign people in: they are for those who may act for users anyway. */
export const MAIL_AREA = defineAdminArea({ name: 'mail', read: 'admin', write: 'admin', scope: 'admin' })
