export { AUDIT_AREAS } from './admin-areas'
export { type Audit, type AuditOptions, createAudit } from './create-audit'
export { AUDIT_TABLES } from './store/audit-log'
