import type { SqlValue } from '@koyalite/contracts'
import type { Row } from './driver'

/** What the server and a reader process say to each other, over the channel that Bun makes for a child. */
export type ReaderRequest =
  | { readonly type: 'open'; readonly path: string; readonly key: string | undefined }
  | {
      readonly type: 'query'
      readonly id: number
      readonly text: string
      readonly params: readonly SqlValue[]
      readonly maxRows: number
    }

export type ReaderReply =
  | { readonly type: 'rows'; readonly id: number; readonly result: QueryRows; readonly ms: number }
  | { readonly type: 'error'; readonly id: number; readonly message: string; readonly code: string | null }

export interface QueryRows {
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
  /** There were more rows than asked for. */
  readonly truncated: boolean
  /** The last change that the rows can show. */
  readonly seq: number
}
