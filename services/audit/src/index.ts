export { type AuditNeeds, type AuditPort, type AuditSettings, auditService } from './audit-service'
export { type Audit, type AuditOptions, createAudit } from './create-audit'
