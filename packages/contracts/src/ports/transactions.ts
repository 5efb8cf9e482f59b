/** A call of a function that runs: whose a transaction is. */
export interface TransactionOwner {
  /** Its name. */
  readonly function: string
  /** Runs when the call has ended: what it left open is rolled back then. */
  onEnd(end: () => void): void
}

/** Transactions of the code of functions. */
export interface Transactions {
  /** From now on the owner of a request is found by its credentials. `find` throws UNAUTHENTICATED where it is nobody's. */
  ownedBy(find: (headers: Headers) => TransactionOwner): void
  /** Throws TRANSACTION_OPEN while a transaction of this call is open: nothing else of the call asks for documents meanwhile. */
  requireNone(owner: TransactionOwner): void
}
