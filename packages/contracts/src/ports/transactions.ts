import type { JsonValue } from '../json-value'
import type { Tx } from '../tx'
import type { JobChain } from './job-queue'

/** A call of a function that runs: whose a transaction is, or a write outside of one. */
export interface TransactionOwner {
  /** Its name. */
  readonly function: string
  /** How it came to be called. */
  readonly chain: JobChain
  /** Runs when the call has ended: what it left open is rolled back then. */
  onEnd(end: () => void): void
}

/** What another service does within a transaction. */
export interface TransactionOperation {
  /** `jobs.push`: for messages. */
  readonly name: string
  /** How much it writes: transactions are bounded. */
  readonly size: number
  /** What its result may depend on, by names of its own: those before it that have one in common are run with it when it is tried. */
  readonly about: readonly string[]
  /**
   * Runs once in the transaction; of an optimistic one it is tried before, which is rolled back. Where it does not come to the same then, with the same ids, the
   * transaction has a conflict.
   */
  run(tx: Tx, newId: () => string): JsonValue
}

/** Checks what is sent for an operation, at once. @param headers with the credentials of its owner */
export type PrepareOperation = (headers: Headers, body: unknown) => TransactionOperation

/** Transactions of the code of functions. */
export interface Transactions {
  /** From now on the owner of a request is found by its credentials. `find` throws UNAUTHENTICATED where it is nobody's. */
  ownedBy(find: (headers: Headers) => TransactionOwner): void
  /** Throws TRANSACTION_OPEN while a transaction of this call is open: nothing else of the call asks for documents meanwhile. */
  requireNone(owner: TransactionOwner): void
  /**
   * Transactions have an operation more: `POST …/transactions/:id/<name>` runs it, and `{"<name>": …}` with a commit runs it as the last one, with what stands
   * there as its body.
   */
  extend(name: string, prepare: PrepareOperation): void
}
