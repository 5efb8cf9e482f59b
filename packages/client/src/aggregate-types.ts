import type { Doc, FieldName } from './document-types'
import type { FieldFilter, Path } from './filter-types'
import type { SchemaOf } from './metadata'

type Aliased<E extends string> = E | `${E}:as:${string}`
type NumberName<S extends SchemaOf<S>, C extends keyof S> = {
  [K in FieldName<S, C>]: NonNullable<Doc<S, C>[K]> extends number ? K : never
}[FieldName<S, C>]
/** Behind references or inside of json, only the server knows the types. */
type Deep<S extends SchemaOf<S>, C extends keyof S> = Exclude<Path<S, C>, FieldName<S, C>>

/** `count`, `sum:amount`, `max:score:as:best` */
export type ValueEntry<S extends SchemaOf<S>, C extends keyof S> = Aliased<
  | 'count'
  | `${'count' | 'count_distinct' | 'min' | 'max'}:${Path<S, C>}`
  | `${'sum' | 'avg'}:${NumberName<S, C> | Deep<S, C>}`
>

export type TimeBucket = 'hour' | 'day' | 'week' | 'month' | 'year'

/** `status`, `created_at:month`, `author.name:as:author` */
export type GroupEntry<S extends SchemaOf<S>, C extends keyof S> = Aliased<
  | Path<S, C>
  | `${{ [K in FieldName<S, C>]: NonNullable<Doc<S, C>[K]> extends Date | string ? K : never }[FieldName<S, C>] | Deep<S, C>}:${TimeBucket}`
>

type Unaliased<E extends string> = E extends `${infer Bare}:as:${string}` ? Bare : E
type ValueName<E extends string> = E extends `${string}:as:${infer Name}`
  ? Name
  : E extends `${infer Call}:${infer P}`
    ? `${Call}_${P}`
    : E
type GroupName<E extends string> = E extends `${string}:as:${infer Name}`
  ? Name
  : E extends `${infer P}:${string}`
    ? P
    : E

type ValueOf<S extends SchemaOf<S>, C extends keyof S, E extends string> = E extends
  | 'count'
  | `count${string}:${string}`
  ? number
  : E extends `${'sum' | 'avg'}:${string}`
    ? number | null
    : E extends `${string}:${infer P}`
      ? FieldValue<S, C, P>
      : never
type FieldValue<S extends SchemaOf<S>, C extends keyof S, P extends string> =
  P extends FieldName<S, C> ? Exclude<Doc<S, C>[P], undefined> | null : unknown
type GroupOf<S extends SchemaOf<S>, C extends keyof S, E extends string> = E extends `${string}:${string}`
  ? string | null
  : FieldValue<S, C, E>

/** One group of an aggregate. @typeParam V its values @typeParam G what it is grouped by */
export type Group<S extends SchemaOf<S>, C extends keyof S, V extends string, G extends string> = {
  [E in G as GroupName<E>]: GroupOf<S, C, Unaliased<E>>
} & { [E in V as ValueName<E>]: ValueOf<S, C, Unaliased<E>> }

type Having<Row> = { readonly [N in keyof Row]?: FieldFilter<Row[N]> }
type Ordered<Name extends string> = Name | `-${Name}`
/** Nothing is inferred from where it stands: NoInfer of TypeScript 5.4. */
type Settled<T extends string> = [T][T extends unknown ? 0 : never]

export interface AggregateInput<S extends SchemaOf<S>, C extends keyof S, V extends string, G extends string> {
  readonly values: readonly (V & ValueEntry<S, C>)[]
  /** @default one group of all documents */
  readonly group?: readonly (G & GroupEntry<S, C>)[] | undefined
  /** Conditions on values and groups, by their names. */
  readonly having?: Having<Group<S, C, Settled<V>, Settled<G>>> | undefined
  readonly sort?: readonly Ordered<ValueName<Settled<V>> | GroupName<Settled<G>>>[] | undefined
  readonly limit?: number | undefined
  /** In which time buckets begin: `Europe/Paris`, `+02:00`. @default UTC */
  readonly timezone?: string | undefined
}
