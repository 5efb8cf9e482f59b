import {
  AppError,
  type PrepareOperation,
  type TransactionOperation,
  type TransactionOwner,
  type Transactions,
} from '@koyalite/contracts'
import type { Log } from '@koyalite/kernel'
import type { Database, HeldTx } from '@koyalite/sqlite'
import { ExclusiveTransaction } from './exclusive-transaction'
import { OptimisticTransaction } from './optimistic-transaction'
import type { Transaction, TransactionMode } from './transaction'
import { whileOthersHold } from './transaction-errors'
import type { WriterShare } from './writer-share'

export interface OpenTransactionsOptions {
  readonly database: Pick<Database, 'hold'>
  readonly share: WriterShare
  readonly log: Pick<Log, 'error'>
}

/** The one transaction of a call. */
interface Open {
  readonly id: string
  /** Null while it waits for the writer. */
  transaction: Transaction | null
  /** Its requests, one after the other. */
  last: Promise<unknown>
}

/** The transactions of the calls that run: each belongs to one, and ends with it. */
export class OpenTransactions implements Transactions {
  readonly #options: OpenTransactionsOptions
  readonly #open = new Map<TransactionOwner, Open>()
  /** Of which the end is awaited. */
  readonly #known = new WeakSet<TransactionOwner>()
  readonly #operations = new Map<string, PrepareOperation>()
  #find: (headers: Headers) => TransactionOwner = () => {
    throw new AppError('UNAUTHENTICATED', 'Transactions are for the code of functions.')
  }

  constructor(options: OpenTransactionsOptions) {
    this.#options = options
  }

  ownedBy(find: (headers: Headers) => TransactionOwner): void {
    this.#find = find
  }

  extend(name: string, prepare: PrepareOperation): void {
    this.#operations.set(name, prepare)
  }

  /** What a request asks for besides documents. Throws NOT_FOUND where no service has an operation of this name, and what that says of its body. */
  operation(name: string, headers: Headers, body: unknown): TransactionOperation {
    const prepare = this.#operations.get(name)
    if (prepare === undefined) throw new AppError('NOT_FOUND', `Transactions have no operation '${name}'.`)
    return prepare(headers, body)
  }

  ownerOf(headers: Headers): TransactionOwner {
    return this.#find(headers)
  }

  requireNone(owner: TransactionOwner): void {
    const open = this.#open.get(owner)
    if (open === undefined || open.transaction?.isOver === true) return
    throw new AppError('TRANSACTION_OPEN', 'A transaction of this call is open: use it, or end it first.')
  }

  /** Returns its id. Throws TRANSACTION_OPEN, TRANSACTION_BUSY. */
  async begin(owner: TransactionOwner, mode: TransactionMode): Promise<string> {
    this.requireNone(owner)
    this.#endWith(owner)
    const over = this.#open.get(owner)?.transaction
    if (over != null) void this.#rollBack(over)
    const open: Open = { id: Bun.randomUUIDv7(), transaction: null, last: Promise.resolve() }
    this.#open.set(owner, open)
    try {
      const transaction = mode === 'exclusive' ? await this.#hold(owner) : new OptimisticTransaction()
      // Its call may have ended while it waited.
      if (this.#open.get(owner) !== open) await transaction.rollBack(null)
      open.transaction = transaction
      return open.id
    } catch (error) {
      if (this.#open.get(owner) === open) this.#open.delete(owner)
      throw error
    }
  }

  /** Runs a request of a transaction, after those that came before it. Throws NOT_FOUND where none with this id is open. */
  use<T>(owner: TransactionOwner, id: string, run: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#inOrder(owner, id, () => run(this.#require(owner, id)))
  }

  /** The same for the request that ends it, whatever comes of it. */
  end<T>(owner: TransactionOwner, id: string, run: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#inOrder(owner, id, async () => {
      const transaction = this.#require(owner, id)
      try {
        return await run(transaction)
      } finally {
        if (this.#open.get(owner)?.id === id) this.#open.delete(owner)
        // One that could not commit may still hold the writer, or have read what is to be recorded.
        await this.#rollBack(transaction)
      }
    })
  }

  isOpen(owner: TransactionOwner, id: string): boolean {
    return this.#open.get(owner)?.id === id
  }

  async #hold(owner: TransactionOwner): Promise<Transaction> {
    const { database, share } = this.#options
    share.require(owner.function)
    const held = await whileOthersHold(() => database.hold())
    void this.#account(owner, held)
    return new ExclusiveTransaction(held)
  }

  async #account(owner: TransactionOwner, held: HeldTx): Promise<void> {
    const since = performance.now()
    await held.ended
    this.#options.share.add(owner.function, performance.now() - since)
  }

  #endWith(owner: TransactionOwner): void {
    if (this.#known.has(owner)) return
    this.#known.add(owner)
    owner.onEnd(() => {
      const transaction = this.#open.get(owner)?.transaction
      this.#open.delete(owner)
      if (transaction != null) void this.#rollBack(transaction)
    })
  }

  async #rollBack(transaction: Transaction): Promise<void> {
    try {
      await transaction.rollBack(null)
    } catch (error) {
      this.#options.log.error({ err: error }, 'what a transaction has read could not be recorded')
    }
  }

  #inOrder<T>(owner: TransactionOwner, id: string, run: () => Promise<T>): Promise<T> {
    const open = this.#open.get(owner)
    if (open === undefined || open.id !== id) return Promise.reject(notOpen(id))
    const result = open.last.then(run)
    open.last = result.catch(() => {})
    return result
  }

  #require(owner: TransactionOwner, id: string): Transaction {
    const open = this.#open.get(owner)
    if (open?.id !== id || open.transaction === null) throw notOpen(id)
    return open.transaction
  }
}

function notOpen(id: string): AppError {
  return new AppError('NOT_FOUND', `This call has no open transaction '${id}'.`)
}
