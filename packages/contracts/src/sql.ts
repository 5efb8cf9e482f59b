/** What SQLite can be given and can give back. */
export type SqlValue = string | number | bigint | null | Uint8Array

/** A statement and the values bound to its `?`. The text depends on the shape of a query only, never on its values: it is the key of the statement cache. */
export interface Sql {
  readonly text: string
  readonly params: readonly SqlValue[]
}
