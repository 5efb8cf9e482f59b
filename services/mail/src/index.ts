export { MAIL_AREAS } from './admin-areas'
export { createMail, type MailAdapters, type MailOptions, type MailService, type MailSettings } from './create-mail'
export { holdWaitingMails, MAIL_TABLES } from './store/outbox'
