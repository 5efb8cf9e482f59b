import type { Relation, SchemaOf } from './metadata'

/** @typeParam C the name of a collection */
export type Doc<S extends SchemaOf<S>, C extends keyof S> = S[C]['doc']
export type Key<S extends SchemaOf<S>, C extends keyof S> = Extract<
  Doc<S, C>[S[C]['key'] & keyof Doc<S, C>],
  string | number
>
/** The names of its fields. */
export type FieldName<S extends SchemaOf<S>, C extends keyof S> = keyof Doc<S, C> & string

export type RelationName<S extends SchemaOf<S>, C extends keyof S> = keyof S[C]['relations'] & string
type RelationOf<S extends SchemaOf<S>, C extends keyof S, R extends string> =
  R extends RelationName<S, C> ? NonNullable<S[C]['relations'][R]> : never
/** The collection that a relation leads to. */
export type TargetOf<S extends SchemaOf<S>, C extends keyof S, R extends string> =
  RelationOf<S, C, R> extends {
    readonly collection: infer T extends keyof S
  }
    ? T
    : never
/** The names of relations to one document. */
export type ReferenceName<S extends SchemaOf<S>, C extends keyof S> = {
  [R in RelationName<S, C>]: NonNullable<S[C]['relations'][R]> extends Relation<string, false> ? R : never
}[RelationName<S, C>]

/** A path that `expand` takes, or, of one that does not exist, the names that could stand in the place of the wrong one. */
export type ExpandPath<
  S extends SchemaOf<S>,
  C extends keyof S,
  P extends string,
> = P extends `${infer R}.${infer Rest}`
  ? R extends RelationName<S, C>
    ? `${R}.${ExpandPath<S, TargetOf<S, C, R>, Rest>}`
    : RelationName<S, C>
  : P extends RelationName<S, C>
    ? P
    : RelationName<S, C>

/** A field, or a path to one of what is expanded; of one that does not exist, the names that could stand in its place. */
export type FieldPath<S extends SchemaOf<S>, C extends keyof S, P extends string> = P extends `${infer R}.${infer Rest}`
  ? R extends RelationName<S, C>
    ? `${R}.${FieldPath<S, TargetOf<S, C, R>, Rest>}`
    : FieldName<S, C> | RelationName<S, C>
  : P extends FieldName<S, C> | RelationName<S, C>
    ? P
    : FieldName<S, C> | RelationName<S, C>

/** The first names of paths, and what follows one of them. */
type Heads<P extends string> = P extends `${infer R}.${string}` ? R : P
type Tails<P extends string, R extends string> = P extends `${R}.${infer Rest}` ? Rest : never

/**
 * A document as a query gives it.
 *
 * @typeParam F the names of the fields that it has, and paths to those of what is expanded in it
 * @typeParam P the paths that are expanded in it; never: none
 */
export type Shown<S extends SchemaOf<S>, C extends keyof S, F extends string, P extends string> = [P] extends [never]
  ? [FieldName<S, C>] extends [F]
    ? Doc<S, C>
    : { [K in keyof Doc<S, C> as K extends F ? K : never]: Doc<S, C>[K] }
  : {
      [K in keyof Doc<S, C> as K extends F ? (K extends Heads<P> ? never : K) : never]: Doc<S, C>[K]
    } & { [R in Heads<P>]: Expanded<S, C, R, Tails<F, R>, Tails<P, R>> }

type Expanded<S extends SchemaOf<S>, C extends keyof S, R extends string, F extends string, P extends string> =
  RelationOf<S, C, R> extends Relation<string, false>
    ? Part<S, TargetOf<S, C, R>, F, P> | null
    : Part<S, TargetOf<S, C, R>, F, P>[]

/** Whole where no field of it is named. */
type Part<S extends SchemaOf<S>, C extends keyof S, F extends string, P extends string> = [F] extends [never]
  ? Shown<S, C, FieldName<S, C>, P>
  : Shown<S, C, F, P>

/** What a PUT takes: a new document, whose key is known already. */
export type Replacement<S extends SchemaOf<S>, C extends keyof S> = {
  [K in keyof S[C]['create'] as K extends S[C]['key'] ? never : K]: S[C]['create'][K]
}
