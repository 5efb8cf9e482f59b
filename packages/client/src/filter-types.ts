import type { Doc, FieldName, ReferenceName, TargetOf } from './document-types'
import type { SchemaOf } from './metadata'

/** Conditions that all hold. `$or`: one of them does, `$not`: it does not. */
export type Filter<S extends SchemaOf<S>, C extends keyof S> = {
  readonly [K in FieldName<S, C>]?: FieldFilter<Doc<S, C>[K]>
} & ReferenceFilters<S, C> & {
    /** A place inside of json, or behind several references. */
    readonly [P in DeepPath<S, C>]?: unknown
  } & {
    readonly $and?: readonly Filter<S, C>[]
    readonly $or?: readonly Filter<S, C>[]
    readonly $not?: Filter<S, C>
  }

/** `author.name`: a document that is not there, or not readable, counts as one of nulls. */
type ReferenceFilters<S extends SchemaOf<S>, C extends keyof S> = {
  readonly [P in ReferencePath<S, C>]?: P extends `${infer R}.${infer K}`
    ? TargetOf<S, C, R> extends infer T extends keyof S
      ? K extends FieldName<S, T>
        ? FieldFilter<Doc<S, T>[K] | null>
        : never
      : never
    : never
}

type ReferencePath<S extends SchemaOf<S>, C extends keyof S> = {
  [R in ReferenceName<S, C>]: `${R}.${FieldName<S, TargetOf<S, C, R>>}`
}[ReferenceName<S, C>]

type DeepPath<S extends SchemaOf<S>, C extends keyof S> =
  | `${JsonName<S, C>}.${string}`
  | {
      [R in ReferenceName<S, C>]: `${R}.${
        | JsonName<S, TargetOf<S, C, R>>
        | ReferenceName<S, TargetOf<S, C, R>>}.${string}`
    }[ReferenceName<S, C>]

/** Fields whose values are objects, arrays or unknown. */
type JsonName<S extends SchemaOf<S>, C extends keyof S> = {
  [K in FieldName<S, C>]: NonNullable<Doc<S, C>[K]> extends Scalar ? never : K
}[FieldName<S, C>]

type Scalar = string | number | boolean | Date | Uint8Array

/** A field, or a path to one behind a reference or inside of json: what can be sorted by. */
export type Path<S extends SchemaOf<S>, C extends keyof S> = FieldName<S, C> | ReferencePath<S, C> | DeepPath<S, C>

export type SortKey<S extends SchemaOf<S>, C extends keyof S> = Path<S, C> | `-${Path<S, C>}`

/** A value to be equal to, or operators. @typeParam V the type of the field; null is among it where it may be null */
export type FieldFilter<V> = unknown extends V ? unknown : Exclude<V, undefined> | Operators<Exclude<V, undefined>>

type Operators<V> = [NonNullable<V>] extends [Uint8Array]
  ? Negatable<{ readonly $eq?: null; readonly $ne?: null }>
  : [NonNullable<V>] extends [boolean]
    ? Negatable<Equality<V>>
    : [NonNullable<V>] extends [number | Date]
      ? Negatable<Equality<V> & Order<V>>
      : [NonNullable<V>] extends [string]
        ? Negatable<Equality<V> & Order<V> & Text>
        : [NonNullable<V>] extends [readonly (infer Element)[]]
          ? Negatable<Equality<V> & { readonly $contains?: Element }>
          : Negatable<Equality<V> & Order<string | number> & { readonly $like?: string; readonly $contains?: unknown }>

type Negatable<O> = O & { readonly $not?: O }

interface Equality<V> {
  readonly $eq?: V
  readonly $ne?: V
  readonly $in?: readonly V[]
  readonly $nin?: readonly V[]
}

interface Order<V> {
  readonly $gt?: NonNullable<V>
  readonly $gte?: NonNullable<V>
  readonly $lt?: NonNullable<V>
  readonly $lte?: NonNullable<V>
}

interface Text {
  /** `%` is any text, `_` any character; ASCII case is ignored. */
  readonly $like?: string
  /** This very text is in it. */
  readonly $contains?: string
}
