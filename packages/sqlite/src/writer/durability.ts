import { AppError, type Latencies, NO_LATENCIES } from '@koyalite/contracts'
import type { Feed } from '../changes/change-feed'
import type { DatabaseOptions, DatabasePorts, DatabaseStats } from '../database'
import type { Connection } from '../driver/driver'
import { CHECKPOINT_LIMITS, Checkpointer } from '../files/checkpointer'
import { lastingMaintenance } from '../files/lasting-maintenance'
import { type Maintenance, startMaintenance } from '../files/maintenance'
import { syncFile, syncFolder } from '../files/sync-folder'
import type { Log } from '../log'
import { SyncGate } from './sync-gate'
import { fatalMessage } from './wal-gone'
import { startWalSync } from './wal-sync'
import { startWalSyncHere } from './wal-sync-here'
import type { CommittedBatch } from './write-queue'
import type { Writer } from './writer'

export interface DurabilityParts {
  readonly options: DatabaseOptions
  readonly connection: Connection
  readonly writer: Writer
  readonly feed: Feed
  readonly log: Log
}

/** What follows a commit: the sync that acknowledges it, and the checkpoints. A database in memory has neither: it is never started. SPEC.md, W4 to W7 and C. */
export class Durability {
  readonly #parts: DurabilityParts
  /** Null until it is started. */
  #walPath: string | null = null
  #gate: SyncGate | null = null
  #maintenance: Maintenance | null = null
  #checkpointer: Checkpointer | null = null

  constructor(parts: DurabilityParts) {
    this.#parts = parts
  }

  async start(ports: DatabasePorts): Promise<void> {
    const { options, connection, writer, feed, log } = this.#parts
    const { path, key, durability = 'full', owner = true, threads = 'at_start' } = options
    const atStart = threads === 'at_start'
    const { startWalSync: sync = atStart ? startWalSync : startWalSyncHere } = ports
    const { startMaintenance: maintain = startMaintenance } = ports
    const walPath = `${path}-wal`
    this.#walPath = walPath
    syncFolder(path)
    if (durability === 'full') {
      this.#gate = await SyncGate.start({
        walPath,
        start: sync,
        onDurable: (lastSeq) => feed.durable(lastSeq),
        onFailed: (error) => this.#failed(error),
      })
    }
    if (owner) {
      this.#maintenance = await lastingMaintenance(maintain, { path, key, atStart })
      this.#checkpointer = new Checkpointer({
        connection,
        maintenance: this.#maintenance,
        pauseWriter: (work) => writer.exclusive('head', work),
        limits: { ...CHECKPOINT_LIMITS, ...options.checkpoints },
        log,
      })
    }
    // The mark of an unclean end, and perhaps a new epoch, must be on the disk before anything else is.
    await this.settle(feed.lastSeq)
    if (durability === 'normal') syncFile(walPath)
  }

  /** Nothing is written until the WAL has become smaller: see `walFull`. */
  get isFull(): boolean {
    return this.#checkpointer?.full === true
  }

  committed(batch: CommittedBatch): void {
    const { feed } = this.#parts
    feed.committed(batch.lastSeq)
    if (this.#gate !== null) {
      this.#gate.commit(batch)
    } else {
      for (const job of batch.jobs) job.acknowledge()
      feed.durable(batch.lastSeq)
    }
    this.#checkpointer?.afterCommit()
  }

  /** Resolves when all that is committed is durable. */
  settle(lastSeq: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.committed({ jobs: [{ acknowledge: resolve, refuse: reject }], lastSeq })
    })
  }

  /** What is committed is on the disk afterwards, although `durability` does not ask for it. */
  syncNow(): void {
    if (this.#gate === null && this.#walPath !== null) syncFile(this.#walPath)
  }

  /** Of the syncs since the last call. */
  takeSyncs(): Latencies {
    return this.#gate?.latencies.take() ?? NO_LATENCIES
  }

  stats(): Pick<DatabaseStats, 'sync' | 'unsynced' | 'checkpoints'> {
    return {
      sync: this.#gate?.stats() ?? null,
      unsynced: this.#gate?.pending ?? 0,
      checkpoints: this.#checkpointer?.stats() ?? null,
    }
  }

  /** Resolves when the checkpoint that runs is done. */
  async endCheckpoints(): Promise<void> {
    await this.#checkpointer?.close()
  }

  async close(): Promise<void> {
    await this.endCheckpoints()
    await this.#maintenance?.close()
    await this.#gate?.close()
  }

  #failed(error: Error): void {
    const { options, connection, writer, log } = this.#parts
    writer.refuseAll(new AppError('UNAVAILABLE', 'the server cannot store anything: a disk sync failed'))
    const message = fatalMessage(error, { path: options.path, connection })
    log.error({ err: error }, message)
    const fatal = options.onFatal ?? (() => process.exit(1))
    fatal(error, message)
  }
}

export function walFull(): AppError {
  return new AppError(
    'UNAVAILABLE',
    'the server cannot store anything: a long read blocks checkpoints and the write-ahead log is full',
  )
}
