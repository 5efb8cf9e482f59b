import type { Actor } from '../actor'
import type { Tx } from '../tx'
import type { HookDocuments, LaterHookDocuments } from './document-hooks'

/** A request that code of the project runs in, besides writes of documents. */
export interface CodeRequest {
  /** In whose name its writes are made. */
  readonly actor: Actor
  /** Milliseconds since 1970. */
  readonly time: number
  readonly ip: string
  readonly requestId: string | null
}

/** Documents for code of the project, with all rights: see HookDocuments. */
export interface CodeDocuments {
  /** Inside of a transaction. They can be used until `run` returns; what is written is audited. */
  within<T>(tx: Tx, request: CodeRequest, run: (documents: HookDocuments) => T): T
  later(request: CodeRequest): LaterHookDocuments
}
