import { AppError, type Sql } from '@koyalite/contracts'
import { Feed, type LogPosition } from './changes/change-feed'
import { createChangeLog } from './changes/change-log'
import { CHANGE_RETENTION, pruneChanges } from './changes/change-pruner'
import type {
  Database,
  DatabaseOptions,
  DatabasePorts,
  DatabaseStats,
  HoldLimits,
  MigrationOptions,
  StreamOptions,
  WriteLatencies,
} from './database'
import { connect } from './driver/connection'
import { onDamage } from './driver/damage'
import type { Connection, Row } from './driver/driver'
import { keepDriverFile } from './driver/keep-driver-file'
import { retryWhileBusy } from './driver/retry-while-busy'
import { adviceFor, isOfOtherTables, type SqliteFailure } from './driver/sqlite-error'
import { StatementCache } from './driver/statement-cache'
import { type StatementListener, StatementWatch } from './driver/statement-watch'
import { derivedKey } from './driver/unlock'
import { requireKeyKind } from './files/database-key'
import { beginEpoch, createEpoch, readEpoch, SET_META } from './files/epoch'
import { keyErrorOf } from './files/idle-file'
import { integrityOf } from './files/integrity'
import { type Maintenance, startMaintenance } from './files/maintenance'
import { closedHere, isOpenHere, openedHere } from './files/open-here'
import { createPrivateFile } from './files/private-file'
import { followOthers } from './follow-others'
import { CONSOLE_LOG, type Log } from './log'
import { QueryBounds } from './readers/query-bounds'
import { type QueryOptions, QueryRunner } from './readers/query-runner'
import { ReadCache, type ReadStatement } from './readers/read-cache'
import { Reader } from './readers/reader'
import { ReaderPool } from './readers/reader-pool'
import type { QueryRows } from './readers/reader-protocol'
import { rowText } from './readers/row-text'
import { streamText, type TextStream } from './readers/text-stream'
import { Durability, walFull } from './writer/durability'
import type { HeldTx, Lease } from './writer/held-tx'
import { migrateAlone } from './writer/migrate'
import type { Sync, Tx, WriteSteps } from './writer/tx'
import type { WriteResult } from './writer/write-queue'
import { Writer } from './writer/writer'

const MEMORY = ':memory:'
const BUSY_TIMEOUT_MS = 5_000
const STREAM_PATIENCE_MS = 60_000
/** The longest wait for a process that was given the right to write; what holds the writer itself has bounds of its own. */
const WRITE_PATIENCE_MS = 10_000
const HOLD_LIMITS: HoldLimits = { idleMs: 250, totalMs: 2_000, patienceMs: 2_000, maxWaiting: 10_000 }
const READ_CACHE_BYTES = 16 * 1024 * 1024

/** Puts the parts together; `Database` says what they do. */
export class OpenDatabase implements Database {
  readonly follows = false
  readonly feed: Feed
  readonly #options: DatabaseOptions
  readonly #log: Log
  readonly #connection: Connection
  readonly #readConnection: Connection
  readonly #reader: Reader
  readonly #writer: Writer
  readonly #durability: Durability
  readonly #holds: HoldLimits
  readonly #bounds: QueryBounds
  readonly #queries: QueryRunner
  readonly #pool: ReaderPool | null
  readonly #stop: (() => void)[] = []
  readonly #watchers = new Set<() => void>()
  readonly #watch = new StatementWatch()
  readonly #streams = new Set<TextStream>()
  #closing: Promise<void> | null = null
  #migrating = false
  /** It has been said. */
  #isDamaged = false

  static async open(options: DatabaseOptions, ports: DatabasePorts): Promise<OpenDatabase> {
    const { path, key, functions = [] } = options
    const busyTimeoutMs = options.busyTimeoutMs ?? BUSY_TIMEOUT_MS
    if (path !== MEMORY) {
      // Looking into a file that this process has open already would drop its locks; its key was right then.
      if (!isOpenHere(path)) requireKeyKind(path, key)
      createPrivateFile(path)
    }
    const connection = await retryWhileBusy(busyTimeoutMs, () =>
      connect({ path, mode: 'write', key, functions }),
    ).catch((error: unknown) => {
      throw keyErrorOf(error, path, key)
    })
    openedHere(path)
    let database: OpenDatabase | null = null
    try {
      // Threads and processes that open the file too need not derive it again.
      const derived = key === undefined ? undefined : derivedKey(connection, key)
      const epoch = await retryWhileBusy(busyTimeoutMs, () => prepareFile(connection, options.owner ?? true))
      const readConnection =
        path === MEMORY
          ? connection
          : connect({ path, mode: 'read', key: derived, functions, cacheBytes: READ_CACHE_BYTES })
      database = new OpenDatabase({ ...options, key: derived }, { connection, readConnection, epoch })
      if (path !== MEMORY) await database.#start(ports)
      return database
    } catch (error) {
      if (database !== null) await database.#closeParts()
      else {
        connection.close()
        closedHere(path)
      }
      throw error
    }
  }

  private constructor(options: DatabaseOptions, { connection, readConnection, epoch }: Connections) {
    const { path, key, log = CONSOLE_LOG, readerCommand, busyTimeoutMs = BUSY_TIMEOUT_MS } = options
    this.#options = options
    this.#log = log
    this.#connection = connection
    this.#readConnection = readConnection
    this.#reader = new Reader(readConnection, this.#watch)
    this.#holds = { ...HOLD_LIMITS, ...options.holds }
    this.#writer = new Writer({
      connection,
      log,
      busyTimeoutMs,
      isolated: readConnection !== connection,
      maxWaiting: this.#holds.maxWaiting,
      watch: this.#watch,
      onCommit: (batch) => this.#durability.committed(batch),
    })
    this.feed = new Feed({ epoch, statements: this.#reader.statements, committing: this.#writer.statements, log })
    this.#durability = new Durability({ options, connection, writer: this.#writer, feed: this.feed, log })
    // Not those of the reader: what is asked of the planner is no work of a request.
    this.#bounds = new QueryBounds(new StatementCache(readConnection, { size: 50 }))
    const killable = path !== MEMORY && readerCommand !== undefined
    this.#pool = killable ? new ReaderPool({ command: readerCommand, path, key, log }) : null
    this.#queries = new QueryRunner({
      reader: this.#reader,
      bounds: this.#bounds,
      pool: this.#pool,
      lastSeq: () => this.feed.lastSeq,
      cache: readConnection === connection ? null : new ReadCache(readConnection),
      watch: this.#watch,
    })
  }

  write<T>(fn: (tx: Tx) => Sync<T>): Promise<WriteResult<T>> {
    if (this.#durability.isFull) return Promise.reject(walFull())
    return this.#writer.write(fn)
  }

  writeInSteps<T>(steps: WriteSteps<T>): Promise<WriteResult<T>> {
    if (this.#durability.isFull) return Promise.reject(walFull())
    return this.#writer.writeInSteps(steps)
  }

  get(sql: Sql): Row | undefined {
    try {
      return this.#reader.get(sql)
    } catch (error) {
      throw this.#readError(error)
    }
  }

  all(sql: Sql): Row[] {
    try {
      return this.#reader.all(sql)
    } catch (error) {
      throw this.#readError(error)
    }
  }

  query(sql: Sql, options: QueryOptions): Promise<QueryRows> {
    return this.#guarded(this.#queries.query(sql, options))
  }

  readTogether(statements: readonly ReadStatement[], options: QueryOptions): Promise<readonly QueryRows[]> {
    return this.#guarded(this.#queries.readTogether(statements, options))
  }

  #guarded<T>(rows: Promise<T>): Promise<T> {
    // Reads at other times do without the detour.
    if (!this.#migrating) return rows
    return rows.catch((error: unknown) => {
      throw this.#readError(error)
    })
  }

  /** Between the commit of a migration and the moment that its schema is served, statements are made for tables that are gone. */
  #readError(error: unknown): unknown {
    if (!this.#migrating || !isOfOtherTables(error)) return error
    return new AppError('UNAVAILABLE', 'the schema is being changed: try again', { cause: error })
  }

  isBounded(sql: Sql): boolean {
    return this.#bounds.isBounded(sql)
  }

  sorts(sql: Sql): boolean {
    return this.#bounds.sorts(sql)
  }

  async stream(
    statements: readonly Sql[],
    { patienceMs = STREAM_PATIENCE_MS }: StreamOptions = {},
  ): Promise<TextStream> {
    const { path, key, readerCommand: command } = this.#options
    if (path !== MEMORY && command !== undefined) {
      const stream = await streamText({ command, path, key, statements, patienceMs })
      this.#streams.add(stream)
      void stream.ended.then(() => this.#streams.delete(stream))
      return stream
    }
    try {
      const { seq, portions } = rowText(this.#readConnection, statements)
      return { seq, portions: asyncIterator([...portions]), async stop() {}, ended: Promise.resolve() }
    } finally {
      if (this.#readConnection.inTransaction) this.#readConnection.exec('ROLLBACK')
    }
  }

  migrate<T>(fn: (tx: Tx) => Sync<T>, { before }: MigrationOptions = {}): Promise<WriteResult<T>> {
    return this.#writer.exclusive('tail', async () => {
      await before?.()
      this.#migrating = true
      try {
        const { value, seq, afterCommit } = await migrateAlone(
          {
            connection: this.#connection,
            committed: this.#readConnection,
            writer: this.#writer,
            encrypted: this.#options.key !== undefined,
            busyTimeoutMs: this.#options.busyTimeoutMs ?? BUSY_TIMEOUT_MS,
          },
          fn,
        )
        await this.#durability.settle(seq)
        afterCommit?.run(this.#log)
        return { value, seq }
      } finally {
        await this.#dropStatements()
        this.#migrating = false
      }
    })
  }

  handOver<T>(work: () => Promise<T>): Promise<T> {
    const run = async () => {
      this.#migrating = true
      try {
        return await work()
      } finally {
        this.#writer.statements.clear()
        await this.#dropStatements()
        await this.#durability.settle(this.feed.readLastSeq())
        this.#migrating = false
      }
    }
    return this.#writer.exclusive('tail', run, WRITE_PATIENCE_MS)
  }

  hold(lease: Partial<Lease> = {}): Promise<HeldTx> {
    if (this.#durability.isFull) return Promise.reject(walFull())
    const { idleMs, totalMs, patienceMs } = this.#holds
    return this.#writer.hold({ idleMs, totalMs, ...lease }, patienceMs)
  }

  async #dropStatements(): Promise<void> {
    this.#reader.statements.clear()
    this.#bounds.clear()
    await this.#pool?.restart()
  }

  async newEpoch(): Promise<string> {
    const epoch = createEpoch()
    await this.write((tx) => {
      tx.run({ text: SET_META, params: ['epoch', epoch] })
    })
    this.#durability.syncNow()
    this.feed.changeEpoch(epoch)
    return epoch
  }

  prune(): Promise<number> {
    return pruneChanges({
      retention: this.#options.changes ?? CHANGE_RETENTION,
      write: (fn) => this.write(fn),
      publishedSeq: () => this.feed.publishedSeq,
      log: this.#log,
    })
  }

  async snapshot(to: string): Promise<void> {
    if (this.#options.path === MEMORY) {
      this.#connection.prepare('VACUUM INTO ?').run([to])
      return
    }
    await this.#apart((thread) => thread.snapshot(to))
  }

  async verify(tables?: readonly string[]): Promise<readonly string[]> {
    if (this.#options.path === MEMORY) return integrityOf(this.#connection, tables)
    return this.#apart((thread) => thread.verify(tables))
  }

  /** On a thread of its own: long work must not keep the checkpoints waiting. */
  async #apart<T>(work: (thread: Maintenance) => Promise<T>): Promise<T> {
    const { path, key } = this.#options
    const thread = await startMaintenance({ path, key })
    try {
      return await work(thread)
    } finally {
      await thread.close()
    }
  }

  watchStatements(listener: StatementListener | null): void {
    this.#watch.listener = listener
  }

  takeWriteLatencies(): WriteLatencies {
    return { waits: this.#writer.waits.latencies.take(), syncs: this.#durability.takeSyncs() }
  }

  stats(): DatabaseStats {
    return {
      writer: this.#writer.stats(),
      ...this.#durability.stats(),
      readers: this.#pool?.stats() ?? null,
      lastSeq: this.feed.lastSeq,
    }
  }

  onCommitsOfOthers(listener: () => void): () => void {
    this.#watchers.add(listener)
    return () => this.#watchers.delete(listener)
  }

  onDurable(listener: (position: LogPosition) => void): () => void {
    return this.feed.onDurable(listener)
  }

  durablePosition(): LogPosition {
    return this.feed.position()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #start(ports: DatabasePorts): Promise<void> {
    await this.#durability.start(ports)
    this.#stop.push(
      followOthers({
        connection: this.#connection,
        eager: () => this.feed.listening,
        onCommitsOfOthers: () => {
          this.#durability.committed({ jobs: [], lastSeq: this.feed.readLastSeq() })
          for (const watcher of this.#watchers) watcher()
        },
      }),
    )
    this.#stop.push(keepDriverFile())
    this.#stop.push(onDamage((error) => this.#damaged(error)))
  }

  #damaged(error: SqliteFailure): void {
    if (this.#isDamaged) return
    this.#isDamaged = true
    const advice = adviceFor(error)
    this.#log.error({ err: error, advice }, 'the database file is damaged')
    this.#options.onDamaged?.(`${this.#options.path} is damaged (${error.message}): ${advice}`)
  }

  async #close(): Promise<void> {
    for (const stop of this.#stop.splice(0)) stop()
    const checkpointed = this.#durability.endCheckpoints()
    // The last write in the queue: all others are done when it is.
    const finished = this.#writer.write((tx) => {
      if (this.#options.owner ?? true) tx.run({ text: SET_META, params: ['clean', '1'] })
    })
    this.#writer.refuseNew(new AppError('UNAVAILABLE', 'the server is shutting down'))
    await finished.catch((error: unknown) => {
      this.#log.warn(
        { err: error },
        'the database could not be marked as cleanly closed; the next start begins a new epoch',
      )
    })
    await checkpointed
    await this.#closeParts()
  }

  async #closeParts(): Promise<void> {
    for (const stop of this.#stop.splice(0)) stop()
    await Promise.all([...this.#streams].map((stream) => stream.stop()))
    await this.#pool?.close()
    await this.#durability.close()
    if (this.#readConnection !== this.#connection) this.#readConnection.close()
    // The last connection to close copies the WAL into the database and removes it; another process may still have one open.
    if (!this.#connection.open) return
    this.#connection.close()
    closedHere(this.#options.path)
  }
}

async function* asyncIterator<T>(values: readonly T[]): AsyncIterableIterator<T> {
  yield* values
}

interface Connections {
  readonly connection: Connection
  readonly readConnection: Connection
  readonly epoch: string
}

/** Creates the system tables; returns the epoch. */
function prepareFile(connection: Connection, owner: boolean): string {
  if (!owner) return readEpoch(connection)
  createChangeLog(connection)
  return beginEpoch(connection)
}
