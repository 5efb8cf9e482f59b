import type { AuditTrail } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'
import type { Jobs } from '../create-jobs'

export interface AdminContext {
  readonly jobs: Jobs
  readonly database: Database
  readonly audit: AuditTrail
}
