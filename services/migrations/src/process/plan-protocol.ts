import type { ErrorCode, ErrorDetail, Row, ServiceTables, Sql } from '@koyalite/contracts'
import type { EditPlan, EditRequest } from '../edit/plan-edits'
import type { MigrationFile } from '../migration-files'

/** What takes long with a long schema.yaml: reading its text, and saying what a change of it would do. */
export type PlanWork =
  | { readonly kind: 'parse'; readonly source: string }
  | { readonly kind: 'plan'; readonly before: string; readonly edit: EditRequest }

/** What the process is asked first; it looks nothing up but what the tables are. */
export interface PlanRequest {
  readonly type: 'plan'
  readonly path: string
  readonly key: string | undefined
  /** schema.yaml as it is, serialized. */
  readonly schema: string
  readonly problems: readonly string[]
  readonly files: readonly MigrationFile[]
  readonly systemTables: readonly ServiceTables[]
  readonly work: PlanWork
}

/** Answers to `query`. */
export type PlanAnswer =
  | { readonly type: 'rows'; readonly id: number; readonly rows: readonly Row[] }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }

/** A schema is serialized. */
export type SentPlan = Omit<EditPlan, 'schema'> & { readonly schema: string | null }

export type PlanMessage =
  /** Documents are counted by the server, whose readers are killed when that takes long. */
  | { readonly type: 'query'; readonly id: number; readonly sql: Sql; readonly timeoutMs: number }
  | { readonly type: 'parsed'; readonly schema: string }
  | { readonly type: 'planned'; readonly plan: SentPlan }
  | {
      readonly type: 'refused'
      readonly code: ErrorCode
      readonly message: string
      readonly details: readonly ErrorDetail[]
    }
  | { readonly type: 'broke'; readonly message: string }
