export type { MailAdapters } from './create-mail'
export { type MailNeeds, mailService } from './mail-service'
export { holdWaitingMails } from './store/outbox'
