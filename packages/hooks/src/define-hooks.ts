import type { CollectionTypes, SchemaOf } from '@koyalite/client/data'
import type { FunctionSchema } from '@koyalite/functions'
import type { AuthHookDefinitions } from './define-auth'
import type { OverrideDefinitions } from './define-operations'
import type { RouteDefinition } from './define-routes'
import type { AfterContext, BeforeContext, PrepareContext } from './hook-context'
import type { Wire } from './wire'

/** Found in definitions of all copies of this package. */
const DEFINITION: unique symbol = Symbol.for('koyalite.hooks.definition') as never

/** A project without generated types: any collection, whose documents have any fields. */
interface UntypedCollection extends CollectionTypes {
  readonly doc: Record<string, unknown>
  readonly create: Record<string, unknown>
  readonly update: Record<string, unknown>
  readonly key: 'id'
  readonly relations: Record<string, { readonly collection: string; readonly many: boolean }>
}

export type ProjectSchema = [keyof FunctionSchema] extends [never] ? Record<string, UntypedCollection> : FunctionSchema

/** What is thrown away, or the values that the write goes on with. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without a return statement returns void
export type Changed<T> = T | undefined | void
/**
 * Hooks of one collection. Those that return values replace what was sent by them; those that return nothing may have changed `data`
 * itself.
 */
export interface CollectionHookDefinitions<S extends SchemaOf<S>, C extends keyof S> {
  /** Before the write is queued: may wait, for two seconds. What it throws refuses the write. */
  prepareCreate?(ctx: PrepareContext<S>, data: New<S, C>): Promise<Changed<New<S, C>>> | Changed<New<S, C>>
  prepareUpdate?(ctx: PrepareContext<S>, data: Patch<S, C>): Promise<Changed<Patch<S, C>>> | Changed<Patch<S, C>>
  prepareDelete?(ctx: PrepareContext<S>): Promise<void> | void
  /** Inside of the write's transaction: it cannot wait. What it throws undoes the write. */
  beforeCreate?(ctx: BeforeContext<S>, data: New<S, C>): Changed<New<S, C>>
  beforeUpdate?(ctx: BeforeContext<S>, data: Patch<S, C>, old: Stored<S, C>): Changed<Patch<S, C>>
  beforeDelete?(ctx: BeforeContext<S>, old: Stored<S, C>): Changed<never>
  /** Once the write is committed, at most once: lost if the server ends before. For what must not be lost there are `events` of functions. */
  afterCreate?(ctx: AfterContext<S>, doc: Stored<S, C>): Promise<void> | void
  afterUpdate?(ctx: AfterContext<S>, doc: Stored<S, C>, old: Stored<S, C>): Promise<void> | void
  afterDelete?(ctx: AfterContext<S>, old: Stored<S, C>): Promise<void> | void
}

export type Stored<S extends SchemaOf<S>, C extends keyof S> = Wire<S[C]['doc']>
export type New<S extends SchemaOf<S>, C extends keyof S> = Mutable<Wire<S[C]['create']>>
export type Patch<S extends SchemaOf<S>, C extends keyof S> = Mutable<Wire<S[C]['doc']>, 'partial'>
type Mutable<T, How = 'whole'> = How extends 'partial'
  ? { -readonly [K in keyof T]?: T[K] }
  : { -readonly [K in keyof T]: T[K] }

/** What stands beside collections: one whose name is among these has its hooks under `collections`. */
type OtherKey = 'types' | 'auth' | 'operations' | 'routes' | 'collections'

type OfCollections<S extends SchemaOf<S>> = { readonly [C in keyof S]?: CollectionHookDefinitions<S, C> }

/** Hooks by the names of collections, and what else the project adds. */
export type HookDefinitions<S extends SchemaOf<S> = ProjectSchema> = Omit<OfCollections<S>, OtherKey> & {
  readonly collections?: OfCollections<S>
  /** Validators by name, for `types` of schema.yaml: true, or what is wrong with the value. */
  // biome-ignore lint/suspicious/noExplicitAny: the schema says what it is
  readonly types?: { readonly [name: string]: (value: any) => true | string }
  readonly auth?: AuthHookDefinitions<S>
  readonly operations?: OverrideDefinitions<S>
  /** Routes under /api/x/. */
  readonly routes?: readonly RouteDefinition<S>[]
}

/** The hooks of a file, for `export default`. */
export function defineHooks<S extends SchemaOf<S> = ProjectSchema>(hooks: HookDefinitions<S>): HookDefinitions<S> {
  if (typeof hooks !== 'object' || hooks === null) throw new TypeError('defineHooks needs an object')
  // A copy of it: what a spread of a generic type has, the compiler cannot say.
  return Object.freeze({ ...hooks, [DEFINITION]: true }) as unknown as HookDefinitions<S>
}
