import { NO_LATENCIES, NotPrimaryError, type Sql } from '@koyalite/contracts'
import { Feed, type LogPosition } from './changes/change-feed'
import type { Database, DatabaseStats, WriteLatencies } from './database'
import { connect, type SqlFunction } from './driver/connection'
import type { Connection, Row } from './driver/driver'
import { StatementCache } from './driver/statement-cache'
import { type StatementListener, StatementWatch } from './driver/statement-watch'
import { derivedKey } from './driver/unlock'
import { readEpoch } from './files/epoch'
import { CONSOLE_LOG, type Log } from './log'
import { QueryBounds } from './readers/query-bounds'
import { type QueryOptions, QueryRunner } from './readers/query-runner'
import { ReadCache, type ReadStatement } from './readers/read-cache'
import { type ReadState, ReadStates } from './readers/read-state'
import { Reader } from './readers/reader'
import { ReaderPool } from './readers/reader-pool'
import type { QueryRows } from './readers/reader-protocol'

export interface FollowDatabaseOptions {
  readonly path: string
  readonly key?: string | undefined
  readonly functions?: readonly SqlFunction[]
  readonly readerCommand?: readonly string[]
  /** Up to where the log was durable, as the writing process said last. */
  readonly durable: LogPosition
  readonly log?: Log
}

/** A database that another process writes. Reads are its own; the feed publishes what the writer says is durable. SPEC.md, section P. */
export interface FollowingDatabase extends Database {
  readonly follows: true
  /** Notices the commits of other processes. Called before a decision is based on cached state; 1 µs if there were none. */
  look(): void
  /** The writer says that the log is durable so far: publishes it. */
  durable(position: LogPosition): void
  /** After a change of the schema. */
  clearStatements(): Promise<void>
}

/** Opens a database that another process serves, for reading only. Throws the driver's error if there is none, or the key is not its key. */
export function followDatabase(options: FollowDatabaseOptions): FollowingDatabase {
  const { path, key, functions = [] } = options
  const connection = connect({ path, mode: 'read', key, functions, cacheBytes: READ_CACHE_BYTES })
  try {
    // Reader processes need not derive it again.
    return new Follower(connection, { ...options, key: key === undefined ? undefined : derivedKey(connection, key) })
  } catch (error) {
    connection.close()
    throw error
  }
}

const READ_CACHE_BYTES = 16 * 1024 * 1024
const NOTHING_WRITTEN = { queued: 0, batches: 0, writes: 0, failedWrites: 0, largestBatch: 0, busyRetries: 0 } as const

class Follower implements FollowingDatabase {
  readonly follows = true
  readonly feed: Feed
  readonly #connection: Connection
  readonly #reader: Reader
  readonly #states: ReadStates
  readonly #bounds: QueryBounds
  readonly #queries: QueryRunner
  readonly #pool: ReaderPool | null
  readonly #watchers = new Set<() => void>()
  readonly #watch = new StatementWatch()

  constructor(connection: Connection, { path, key, readerCommand, durable, log = CONSOLE_LOG }: FollowDatabaseOptions) {
    this.#connection = connection
    this.#states = new ReadStates(connection, (state) => this.#moved(state))
    this.#reader = new Reader(connection, this.#watch, this.#states.consistently)
    this.feed = new Feed({
      epoch: readEpoch(connection),
      statements: this.#reader.statements,
      log,
      durableSeq: durable.seq,
      look: () => this.look(),
    })
    // Not those of the reader: what is asked of the planner is no work of a request.
    this.#bounds = new QueryBounds(new StatementCache(connection, { size: 50 }))
    this.#pool = readerCommand === undefined ? null : new ReaderPool({ command: readerCommand, path, key, log })
    this.#queries = new QueryRunner({
      reader: this.#reader,
      bounds: this.#bounds,
      pool: this.#pool,
      lastSeq: () => this.feed.lastSeq,
      cache: new ReadCache(connection),
      watch: this.#watch,
    })
    this.look()
  }

  look(): void {
    this.#states.look()
  }

  durable(position: LogPosition): void {
    // What is durable is committed: after this, reads and the feed know of it.
    this.look()
    if (position.epoch === this.feed.epoch) this.feed.durable(position.seq)
  }

  get(sql: Sql): Row | undefined {
    return this.#reader.get(sql)
  }

  all(sql: Sql): Row[] {
    return this.#reader.all(sql)
  }

  query(sql: Sql, options: QueryOptions): Promise<QueryRows> {
    return this.#queries.query(sql, options)
  }

  readTogether(statements: readonly ReadStatement[], options: QueryOptions): Promise<readonly QueryRows[]> {
    return this.#queries.readTogether(statements, options)
  }

  isBounded(sql: Sql): boolean {
    return this.#bounds.isBounded(sql)
  }

  sorts(sql: Sql): boolean {
    return this.#bounds.sorts(sql)
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

  async clearStatements(): Promise<void> {
    this.#reader.statements.clear()
    this.#bounds.clear()
    await this.#pool?.restart()
  }

  watchStatements(listener: StatementListener | null): void {
    this.#watch.listener = listener
  }

  takeWriteLatencies(): WriteLatencies {
    return { waits: NO_LATENCIES, syncs: NO_LATENCIES }
  }

  stats(): DatabaseStats {
    return {
      writer: NOTHING_WRITTEN,
      sync: null,
      unsynced: 0,
      checkpoints: null,
      readers: this.#pool?.stats() ?? null,
      lastSeq: this.feed.lastSeq,
    }
  }

  async close(): Promise<void> {
    await this.#pool?.close()
    if (this.#connection.open) this.#connection.close()
  }

  readonly write = writtenElsewhere
  readonly writeInSteps = writtenElsewhere
  readonly migrate = writtenElsewhere
  readonly handOver = writtenElsewhere
  readonly hold = writtenElsewhere
  readonly newEpoch = writtenElsewhere
  readonly prune = writtenElsewhere
  readonly snapshot = writtenElsewhere
  readonly verify = writtenElsewhere
  readonly stream = writtenElsewhere

  #moved({ seq, epoch }: ReadState): void {
    if (epoch !== this.feed.epoch) this.feed.changeEpoch(epoch)
    this.feed.committed(seq)
    for (const watcher of this.#watchers) watcher()
  }
}

function writtenElsewhere(): Promise<never> {
  return Promise.reject(new NotPrimaryError())
}
