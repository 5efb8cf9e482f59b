import type { Collection } from '@koyalite/schema'
import type { Condition } from '../filter/condition'
import type { CursorValue } from './cursor'
import type { SortKey } from './parse-sort'
import type { Projection } from './projection'

/** A checked list request. */
export interface ListQuery {
  readonly collection: Collection
  readonly condition: Condition
  readonly sort: readonly SortKey[]
  readonly limit: number
  /** Live: all documents, of which there are at most `limit`; instead of the first ones. */
  readonly isAll: boolean
  readonly offset: number
  /** Sort keys of the document after which the page begins. */
  readonly after: readonly CursorValue[] | null
  /** Identifies collection, condition and sort: what a cursor belongs to. */
  readonly fingerprint: string
  readonly count: boolean
  readonly projection: Projection
  /** With the ETag of each document. */
  readonly etags: boolean
}

/** A checked request for one document. */
export interface GetQuery {
  readonly projection: Projection
}
