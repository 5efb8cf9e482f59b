import { auditedAs } from '@koyalite/contracts'

/** What an operator did to a job or a queue, for the audit log. */
export const auditedAction = auditedAs('job')
