import type { Sql } from '@koyalite/contracts'
import type { Row } from '../driver/driver'
import type { Portion } from './row-text'

/** What the server and a reader process say to each other, over the channel that Bun makes for a child. */
export type ReaderRequest =
  | StreamRequest
  | { readonly type: 'open'; readonly path: string; readonly key: string | undefined }
  | {
      readonly type: 'query'
      readonly id: number
      /** Read in one state of the database. */
      readonly statements: readonly Sql[]
      readonly maxRows: number
    }

export type ReaderReply =
  | { readonly type: 'rows'; readonly id: number; readonly runs: readonly QueryRun[] }
  | { readonly type: 'error'; readonly id: number; readonly message: string; readonly code: string | null }

export interface QueryRows {
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
  /** There were more rows than asked for. */
  readonly truncated: boolean
  /** The last change that the rows can show. */
  readonly seq: number
}

/** What a statement gave, and what it has cost: see `startRun`. */
export interface QueryRun {
  readonly result: QueryRows
  readonly ms: number
}

/** A process that streams does nothing else: after `stream`, each `more` returns a chunk, until there are no more. */
export type StreamRequest = { readonly type: 'stream'; readonly statements: readonly Sql[] } | { readonly type: 'more' }

export type StreamReply =
  | { readonly type: 'begun'; readonly seq: number }
  | ({ readonly type: 'portion' } & Portion)
  | { readonly type: 'end' }
  | { readonly type: 'error'; readonly message: string; readonly code: string | null }
