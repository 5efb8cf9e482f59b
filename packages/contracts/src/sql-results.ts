/** A value as JSON has it: an integer beyond 2^53−1, a number that is not finite, or bytes (base64) is an object with a tag. No other value is an object. */
export type SqlCell =
  | null
  | number
  | string
  | { readonly $int: string }
  | { readonly $real: string }
  | { readonly $blob: string }

export interface SqlColumn {
  readonly name: string
  /** The collection and field whose value it shows as it is; null where it is computed. */
  readonly collection: string | null
  readonly field: string | null
}

/** A step of a plan. */
export interface SqlPlanStep {
  /** As SQLite says it. */
  readonly detail: string
  readonly depth: number
  /** In words. */
  readonly text: string
  /** Whether it reads a whole collection, or sorts, where an index could prevent that. */
  readonly slow: boolean
}

/** An index with which the statement would read less; the line for schema.yaml. */
export interface SqlIndexAdvice {
  readonly collection: string
  readonly fields: readonly string[]
  readonly line: string
}

/** What a write changes in a collection. */
export interface SqlChanges {
  readonly collection: string
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
  /** How many of these the statements did not name: what cascades. */
  readonly cascaded: number
}

/** The lines that `POST /api/admin/sql` responds with, in order: for each statement `statement`, any number of `rows` (or a `plan`) and `end`. */
export type SqlLine =
  | {
      readonly type: 'statement'
      /** From 0. */
      readonly statement: number
      readonly sql: string
      /** Empty where it returns no rows. */
      readonly columns: readonly SqlColumn[]
    }
  | { readonly type: 'rows'; readonly rows: readonly (readonly SqlCell[])[] }
  | { readonly type: 'plan'; readonly steps: readonly SqlPlanStep[]; readonly advice: readonly SqlIndexAdvice[] }
  | {
      readonly type: 'end'
      readonly rows: number
      /** There are more rows than the limit. */
      readonly cut: boolean
      /** Milliseconds that the statement took. */
      readonly ms: number
      /** Rows that it changed itself; null where it only reads. */
      readonly changed: number | null
    }
  /** After the statements of a write. */
  | {
      readonly type: 'changes'
      readonly collections: readonly SqlChanges[]
      /** False: it was a dry run, and everything is as it was. */
      readonly committed: boolean
      /** The action that can be undone under this id; null where there is none. */
      readonly action: string | null
    }
  /** The last line, where something went wrong: what follows did not run. Writes are rolled back. */
  | { readonly type: 'error'; readonly statement: number; readonly code: string; readonly message: string }
