import type { Actor, ServiceTables } from '@koyalite/contracts'
import type { MigrationFile } from '../migration-files'
import type { FilesToApply, UpToDate } from '../operations/bring-up-to-date'
import type { RolledBack } from '../operations/roll-back'

/** What may take long on large tables. */
export type MigrationWork =
  | { readonly kind: 'bring_up_to_date'; readonly files: FilesToApply }
  | { readonly kind: 'roll_back'; readonly count: number }

export interface MigrationResults {
  readonly bring_up_to_date: UpToDate
  readonly roll_back: RolledBack
}

export type ResultOf<W extends MigrationWork> = MigrationResults[W['kind']]

/** All that the process needs to know; it looks nothing up. */
export interface MigrationRequest {
  readonly path: string
  readonly key: string | undefined
  /** Where copies are made before something is lost. */
  readonly snapshots: string
  /** schema.yaml, serialized. */
  readonly schema: string
  readonly files: readonly MigrationFile[]
  readonly systemTables: readonly ServiceTables[]
  /** Whom the audit log names. */
  readonly by: Actor
  readonly work: MigrationWork
}

/** `schema` is serialized; null: it is that of the request. */
type Sent<R> = R extends unknown ? Omit<R, 'schema'> & { readonly schema: string | null } : never

export type MigrationMessage =
  | { readonly type: 'step'; readonly step: string }
  | { readonly type: 'done'; readonly result: Sent<UpToDate | RolledBack> }
  /** Not a refusal of the migration, which is a result: something broke. */
  | { readonly type: 'broke'; readonly message: string }
