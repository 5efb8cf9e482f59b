export { type AuditNeeds, type AuditPort, auditService } from './audit-service'
export { type Audit, type AuditOptions, createAudit } from './create-audit'
export { recordEvent } from './operations/record-event'
