/** An index that schema.yaml could have. */
export interface SuggestedIndex {
  readonly collection: string
  readonly fields: readonly string[]
  /** Where the line belongs: `collections.posts.indexes`. */
  readonly place: string
  /** The line of schema.yaml. */
  readonly line: string
}

export interface QueryAdvice {
  /** How it is read, in sentences. */
  readonly plan: readonly string[]
  /** How it would be read with the indexes, in sentences; absent where that is not told. */
  readonly after?: readonly string[]
  /** The statement that finds what is asked for, with its values as parameters; absent where there is none to show. */
  readonly sql?: string
  /** Indexes with which less is read. */
  readonly indexes: readonly SuggestedIndex[]
  /** Why an index does not help, or not enough. */
  readonly obstacles: readonly string[]
}

/** A list that has been read. */
export interface FinishedQuery {
  /** What it asked for, without values: it may be logged. */
  readonly shape: string
  readonly collection: string
  /** What reading took. */
  readonly ms: number
  /** Some milliseconds of work: asked for of slow ones. */
  advise(): QueryAdvice
}

/** Is notified of every list that clients ask for. */
export interface QueryMonitor {
  finished(query: FinishedQuery): void
}
