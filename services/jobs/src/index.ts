export { createMail, type MailOptions, type MailService } from './create-mail'
export { holdWaitingMails, MAIL_TABLES } from './store/outbox'
