import type { Collection, Field } from '@koyalite/schema'
import type { DeferredSql } from '../sql/deferred-sql'

/** Which documents of a collection an actor may read. `sql` is a three-valued predicate over the row at `alias`: only true opens. */
export type RowAccess =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'where'; sql(alias: string): DeferredSql }

/**
 * Whether an actor may read a field. `none`: the field does not exist for that actor. `where`: decided for each document; where the
 * predicate is not true the field is absent from the document, and null in every clause.
 */
export type FieldAccess =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'where'; sql(alias: string): DeferredSql }

/**
 * What an actor may read. Statements compiled for an access are cached with the object, so actors with the same rights should share one.
 * Predicates must not use table aliases that begin with `d` and a digit: those are this package's.
 * `internal` fields are never visible, whatever an access says.
 */
export interface ReadAccess {
  rows(collection: Collection): RowAccess
  field(collection: Collection, field: Field): FieldAccess
}

/** Reads everything that is not internal: service keys, operators, the system. */
export const READ_ALL: ReadAccess = {
  rows: () => ALL,
  field: () => ALL,
}

const ALL = { kind: 'all' } as const
