import type { ChangeFeed, Latencies, Sql } from '@koyalite/contracts'
import type { LogPosition } from './changes/change-feed'
import type { ChangeRetention } from './changes/change-pruner'
import type { SqlFunction } from './driver/connection'
import type { Row } from './driver/driver'
import type { StatementListener } from './driver/statement-watch'
import type { CheckpointLimits, CheckpointStats } from './files/checkpointer'
import type { StartMaintenance } from './files/maintenance'
import type { Log } from './log'
import { OpenDatabase } from './open-database'
import type { QueryOptions } from './readers/query-runner'
import type { ReadStatement } from './readers/read-cache'
import type { PoolStats } from './readers/reader-pool'
import type { QueryRows } from './readers/reader-protocol'
import type { TextStream } from './readers/text-stream'
import type { HeldTx, Lease } from './writer/held-tx'
import type { Sync, Tx, WriteSteps } from './writer/tx'
import type { StartWalSync, WalSyncStats } from './writer/wal-sync'
import type { WriteResult } from './writer/write-queue'
import type { WriterStats } from './writer/writer'

export interface DatabaseOptions {
  /** The file; ':memory:' for tests: one connection, nothing durable, no threads, no processes. */
  readonly path: string
  /** `full` (default): a write is acknowledged when it is on the disk. `normal`: when it is committed; a power loss may take the last ones back. */
  readonly durability?: 'full' | 'normal'
  /**
   * True (default): this process serves the file; it owns the epoch and the checkpoints. False: another process does, and this one only writes some
   * things beside it.
   */
  readonly owner?: boolean
  /** Passphrase of an encrypted file, SQLCipher 4 format. */
  readonly key?: string | undefined
  /** Registered on every connection, in reader processes by `runReader`. */
  readonly functions?: readonly SqlFunction[]
  /** Starts a program that calls `runReader`. Without it every query runs on the event loop. */
  readonly readerCommand?: readonly string[]
  /**
   * `at_start` (default): those that sync and checkpoint run before anything is written, and need not be started when the system has none left.
   * `when_needed`: for a command, which mostly ends before it needs one.
   */
  readonly threads?: 'at_start' | 'when_needed'
  /**
   * Nothing can be stored: a sync failed, or the WAL is gone. The default ends the process, so that recovery decides what is stored.
   * @param message what happened and what to do, in one line
   */
  readonly onFatal?: (error: Error, message: string) => void
  /** The file is damaged: called once, with what SQLite says and what to do. */
  readonly onDamaged?: (message: string) => void
  readonly changes?: ChangeRetention
  readonly checkpoints?: Partial<CheckpointLimits>
  /** How long a write waits while another process holds the write lock. Default 5000 ms. */
  readonly busyTimeoutMs?: number
  /** Defaults: 250 ms idle, 2 s in all, 2 s of patience, 10,000 that wait. */
  readonly holds?: Partial<HoldLimits>
  readonly log?: Log
}

/** For how long the writer may be held, and who waits for it. */
export interface HoldLimits extends Lease {
  /** After so long a write that waits for a holder is refused with UNAVAILABLE. Milliseconds. */
  readonly patienceMs: number
  /** What may wait, for a holder or any other work that has the writer for itself; more is refused at once. */
  readonly maxWaiting: number
}

export interface StreamOptions {
  /** How long the consumer may pause. Default one minute. */
  readonly patienceMs?: number
}

export interface MigrationOptions {
  /**
   * Runs before the transaction, with nothing written between the two: a copy that it makes holds all that there was. Writes wait meanwhile; if it fails,
   * nothing is done.
   */
  readonly before?: () => Promise<void>
}

/** Replaceable parts of the machinery, for tests that cut the power or break the disk. */
export interface DatabasePorts {
  readonly startWalSync?: StartWalSync
  readonly startMaintenance?: StartMaintenance
}

/** Of writes. */
export interface WriteLatencies {
  /** How long the first write of each batch has waited for its turn. */
  readonly waits: Latencies
  /** How long each batch has waited for its sync after its commit. */
  readonly syncs: Latencies
}

export interface DatabaseStats {
  readonly writer: WriterStats
  readonly sync: WalSyncStats | null
  /** Batches that are committed and wait for their sync. */
  readonly unsynced: number
  readonly checkpoints: CheckpointStats | null
  readonly readers: PoolStats | null
  readonly lastSeq: number
}

/** An open database. It keeps the process alive until it is closed. */
export interface Database {
  /** Another process writes, and this one only reads: what would write is refused with NotPrimaryError; schedules and clean-up are the other's. */
  readonly follows: boolean
  /** The changes of all collections, once they are durable. */
  readonly feed: ChangeFeed
  /**
   * Runs `fn` in the next batch, in a savepoint of its own: if it throws, only its own changes are undone and only this promise is rejected. Resolves when
   * what it did is durable. Rejects with UNAVAILABLE if the batch could not be committed.
   */
  write<T>(fn: (tx: Tx) => Sync<T>): Promise<WriteResult<T>>
  /** The same for a function that may take long: reads continue between its steps, and other writes wait for all of it. */
  writeInSteps<T>(steps: WriteSteps<T>): Promise<WriteResult<T>>
  /** Reads what is committed, at once, on the event loop: for statements that are known to read few rows. */
  get(sql: Sql): Row | undefined
  all(sql: Sql): Row[]
  /** Reads where it can hold nobody up: here, if the statement is bounded, else in a process that is killed at the time-out (QUERY_TIMEOUT). */
  query(sql: Sql, options: QueryOptions): Promise<QueryRows>
  /** The same for several statements, which all see one state of the database, and have one `seq`. */
  readTogether(statements: readonly ReadStatement[], options: QueryOptions): Promise<readonly QueryRows[]>
  /** Whether a statement reads so little, by its plan and what it took before, that it may run on the event loop. */
  isBounded(sql: Sql): boolean
  /** Whether a statement sorts rows, ties aside, before it returns the first one, according to its plan, looked up once. */
  sorts(sql: Sql): boolean
  /**
   * The first column of all rows of these statements, as text, of one state of the database, while reads and writes continue: for dumps. Read in a process
   * of its own; without `readerCommand` here and at once.
   */
  stream(statements: readonly Sql[], options?: StreamOptions): Promise<TextStream>
  /**
   * Runs `fn` alone, after everything queued before, with foreign keys checked at its end instead of at every statement. All or nothing. For changes of the
   * schema: the statement caches are dropped.
   */
  migrate<T>(fn: (tx: Tx) => Sync<T>, options?: MigrationOptions): Promise<WriteResult<T>>
  /**
   * Lends the writer to one caller, for a transaction of its own that spans turns of the event loop. Resolves when everything queued before is
   * committed; other writes wait until it has ended, but not longer than `patienceMs`. Between two holders everything else that waits is written.
   */
  hold(lease?: Partial<Lease>): Promise<HeldTx>
  /**
   * Lets another process write, for work that would block the event loop: runs `work` after everything queued before. Reads continue. Writes wait until it has
   * settled, but not longer than some seconds: then they are refused with UNAVAILABLE. The statement caches are dropped. What the other process has
   * committed is on the disk when this resolves.
   */
  handOver<T>(work: () => Promise<T>): Promise<T>
  /** From now on sequence numbers of the past mean nothing: after a restore or a reset. Returns the new epoch. */
  newEpoch(): Promise<string>
  /** Removes what the retention of the change log no longer asks for; to be called regularly. Returns the number of changes removed. */
  prune(): Promise<number>
  /** Copies the state that is committed now to a new file, without holding up reads or writes. */
  snapshot(to: string): Promise<void>
  /** Reads every page (of the named tables and their indexes), beside everything else. Returns what is damaged, by table and page; empty where nothing is. */
  verify(tables?: readonly string[]): Promise<readonly string[]>
  stats(): DatabaseStats
  /** From now on `listener` is told of every statement that is read or written here for somebody; null ends that. There is one at most. */
  watchStatements(listener: StatementListener | null): void
  /** Of the writes since the last call. */
  takeWriteLatencies(): WriteLatencies
  /**
   * `listener` is called when commits of other processes are noticed; where this process only follows, before the first read that is asked for after
   * them. For what is remembered of the database's content.
   */
  onCommitsOfOthers(listener: () => void): () => void
  /** `listener` is notified at once of every batch that has become durable here. For processes that follow this one. */
  onDurable(listener: (position: LogPosition) => void): () => void
  /** Up to where the log is durable here. */
  durablePosition(): LogPosition
  /** Finishes what is queued, makes it durable, leaves one clean file. */
  close(): Promise<void>
}

/** Opens a database, and creates it where it does not exist. Throws the driver's error if the file is none, or the key is not its key. */
export function openDatabase(options: DatabaseOptions, ports: DatabasePorts = {}): Promise<Database> {
  return OpenDatabase.open(options, ports)
}
