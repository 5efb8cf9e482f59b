import { auditedAs } from '@koyalite/contracts'

/** What an operator did to an email or an address, for the audit log. */
export const auditedMail = auditedAs('mail')
