import type { Actor, DocumentRead, JsonValue, Reads, Sql, TransactionOperation } from '@koyalite/contracts'
import type { AuditedSteps } from '../audit/audited-write'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'
import type { ReadyFirst } from '../hooks/ready'
import type { WriteOutcome } from '../operations/write-outcome'

export type TransactionMode = 'optimistic' | 'exclusive'

/** A transaction that spans requests of one caller, who sends one after the other. */
export interface Transaction {
  /** It has come to its end by itself: nothing of it remains but the error that says so. */
  readonly isOver: boolean
  read(asker: Asker, read: TransactionRead): Promise<ReadResult>
  /** Returns what has been written; optimistic: what is going to be. */
  write(asker: Asker, write: TransactionWrite): Promise<readonly WriteOutcome[]>
  /** Runs an operation of another service. Returns what it comes to; optimistic: what it is going to. */
  run(asker: Asker, operation: TransactionOperation): Promise<JsonValue>
  /** Up to which change it has seen the database. */
  lastSeq(asker: Asker): number
  /**
   * Returns the number of its last change, once it is durable. Throws TRANSACTION_CONFLICT, TRANSACTION_TIMEOUT.
   * @param last run at its end, in the same commit: where one throws, nothing is committed
   */
  commit(asker: Asker, last?: readonly TransactionOperation[]): Promise<number>
  /**
   * Throws TRANSACTION_CONFLICT where what it was rolled back for may no longer hold: it is rolled back as well.
   * @param asker null where nobody asks any more
   */
  rollBack(asker: Asker | null): Promise<void>
}

/** Who sends a request of a transaction. */
export interface Asker {
  /** Of the schema that is served now. */
  readonly context: DataContext
  readonly actor: Actor
  /** The request as if this actor had sent it, at the same time. */
  as(context: DataContext, actor: Actor): Caller
}

export interface TransactionRead {
  /** `posts.list`: for messages. */
  readonly name: string
  /** Throws where the caller may not read that, or the parameters are wrong. */
  prepare(context: DataContext, caller: Caller): PreparedRead
}

export interface PreparedRead {
  /** Names of the collections whose documents decide about the result, by rules too. */
  readonly looksAt: ReadonlySet<string>
  readonly statements: readonly Sql[]
  /** Throws NOT_FOUND. */
  run(source: Reads): ReadResult
}

export interface ReadResult {
  /** JSON text: a document, or a page. */
  readonly text: string
  /** JSON text of the whole document as the caller may see it; null for a page. */
  readonly whole: string | null
  readonly documents: number
  /** What the audit log is to have of it. */
  readonly audited: readonly DocumentRead[]
}

export interface TransactionWrite {
  /** `posts.create`: for messages. */
  readonly name: string
  readonly collection: string
  /** Which document it changes; null for new ones. */
  readonly id: string | null
  /** Documents that refer to this one may go, or lose their reference. */
  readonly deletes: boolean
  /** The data of new documents whose keys the server may have to make. */
  readonly creates: readonly unknown[]
  /** Throws where the caller may not write that, or it is not valid. */
  prepare(context: DataContext, caller: Caller): AuditedSteps<readonly WriteOutcome[]> & ReadyFirst
}
