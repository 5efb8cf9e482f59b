import type {
  Actor,
  AuditTrail,
  ChangeNote,
  DenialObserver,
  FieldValidators,
  NoteChanges,
  OperationOverrides,
  QueryMonitor,
  RepeatedRequests,
} from '@koyalite/contracts'
import type { ListQuery } from '@koyalite/query'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { type AuditedCollections, auditedCollections } from './audit/audited-collections'
import type { Caller } from './caller'
import { type CollectionModel, createCollectionModel } from './collection-model'
import type { HookSource } from './hooks/hook-source'
import { createRepeatedRequests } from './operations/repeated-requests'

/** What the operations of one loaded schema share. A reload of the schema creates a new one over the same database. */
export interface DataContext {
  readonly schema: Schema
  readonly database: Database
  readonly queryTimeoutMs: number
  readonly models: ReadonlyMap<string, CollectionModel>
  /** Returns the token with which a caller can subscribe to a list from the state `seq` on. */
  readonly resumeToken: (actor: Actor, query: ListQuery, seq: number) => string
  readonly audit: Pick<AuditTrail, 'record'>
  readonly monitor: QueryMonitor
  /** For fields whose type is one of the project. */
  readonly validators: FieldValidators
  readonly hooks: HookSource
  readonly overrides: OperationOverrides
  readonly repeated: RepeatedRequests
  /** For events. */
  readonly noteChanges: NoteChanges
  /** What is to be noted of what a call of a function writes, by the credentials of its request. */
  readonly noteOf: (headers: Headers) => ChangeNote
  readonly audited: AuditedCollections
  /** Explains what rules keep from callers: in `dev`; else null. */
  readonly denials: DenialObserver | null
}

export function createDataContext(input: {
  readonly schema: Schema
  readonly database: Database
  readonly queryTimeoutMs: number
  readonly resumeToken: DataContext['resumeToken']
  readonly audit: Pick<AuditTrail, 'record'>
  readonly denials?: DenialObserver | null
  readonly monitor: QueryMonitor
  readonly validators: FieldValidators
  readonly hooks?: HookSource
  /** @default none */
  readonly overrides?: OperationOverrides
  readonly repeated?: RepeatedRequests
  readonly noteChanges?: NoteChanges
  readonly noteOf?: DataContext['noteOf']
}): DataContext {
  const models = new Map<string, CollectionModel>()
  for (const collection of input.schema.collections.values()) {
    models.set(collection.name, createCollectionModel(input.schema, collection))
  }
  return {
    denials: null,
    hooks: NO_HOOKS,
    overrides: { of: () => null },
    repeated: createRepeatedRequests(input.database),
    noteChanges: () => {},
    noteOf: () => ({}),
    ...input,
    models,
    audited: auditedCollections(input.schema),
  }
}

export const NO_HOOKS: HookSource = { of: () => null }

/** For a database that nothing else is served from, as that of the rule sandbox: no live queries, no audit log to write to, nobody to notify, and no code of the project. */
export const STANDALONE: Pick<DataContext, 'resumeToken' | 'audit' | 'monitor' | 'validators'> = {
  resumeToken: () => '',
  audit: { record: () => {} },
  monitor: { finished: () => {} },
  validators: { of: () => () => null },
}

/** The model of a collection by the name that a caller asks for; throws COLLECTION_NOT_FOUND. */
export function modelNamed(context: DataContext, { access }: Pick<Caller, 'access'>, name: string): CollectionModel {
  const model = context.models.get(name)
  if (!model) throw access.unknownCollection(name)
  return model
}

/** The model of a collection that exists. */
export function modelOf(context: DataContext, name: string): CollectionModel {
  const model = context.models.get(name)
  if (!model) throw new Error(`there is no collection '${name}'`)
  return model
}
