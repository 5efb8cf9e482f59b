export { createMail, type MailOptions, type MailService } from './create-mail'
export { MAIL_TABLES } from './store/outbox'
