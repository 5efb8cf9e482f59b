import type { ChangeCounts } from './change-counts'

/** Whose action a write is: see ADR 218. */
export interface ActionOrigin {
  /** Null: the server itself, from its command line. */
  readonly operator: { readonly id: string; readonly email: string } | null
  /** Method and path of the request. */
  readonly route: string
  /** The action that this one takes back. */
  readonly undoes?: string
}

/** What an operator did by one write: a range of the change log in which nobody else has changes. */
export interface Action extends Omit<ActionOrigin, 'undoes'> {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** The history of sequence numbers that `first` and `last` are of. */
  readonly epoch: string
  readonly first: number
  readonly last: number
  readonly counts: readonly ChangeCounts[]
  readonly undoes: string | null
  /** The action that has taken it back; null again when that one was taken back itself. */
  readonly undoneBy: string | null
  /** Written in several transactions: others may have written between them. */
  readonly inSteps: boolean
}
