import { AppError, LatencyCounts } from '@koyalite/contracts'
import type { StartWalSync, WalSync, WalSyncStats } from './wal-sync'
import type { CommittedBatch } from './write-queue'

export interface SyncGateOptions {
  readonly walPath: string
  readonly start: StartWalSync
  /** The batch is durable; its jobs have been acknowledged. */
  readonly onDurable: (lastSeq: number) => void
  readonly onFailed: (error: Error) => void
}

/**
 * Holds acknowledgements back until the sync that follows their commit. Commits continue while a sync runs; the next sync covers all of them.
 */
export class SyncGate {
  /** How long each batch has waited for its sync. */
  readonly latencies = new LatencyCounts()
  readonly #waiting: { readonly ticket: number; readonly batch: CommittedBatch; readonly since: number }[] = []
  readonly #options: SyncGateOptions
  #sync: WalSync | null = null
  #ticket = 0
  #failed = false

  private constructor(options: SyncGateOptions) {
    this.#options = options
  }

  static async start(options: SyncGateOptions): Promise<SyncGate> {
    const gate = new SyncGate(options)
    gate.#sync = await options.start({
      walPath: options.walPath,
      onSynced: (ticket) => gate.#synced(ticket),
      onFailed: (error) => gate.#fail(error),
    })
    return gate
  }

  /** Batches that are committed and not yet durable. */
  get pending(): number {
    return this.#waiting.length
  }

  commit(batch: CommittedBatch): void {
    if (this.#failed || this.#sync === null) {
      refuse(batch)
      return
    }
    this.#waiting.push({ ticket: ++this.#ticket, batch, since: performance.now() })
    this.#sync.request(this.#ticket)
  }

  stats(): WalSyncStats | null {
    return this.#sync?.stats() ?? null
  }

  async close(): Promise<void> {
    await this.#sync?.close()
  }

  #synced(ticket: number): void {
    if (this.#failed) return
    let lastSeq = 0
    let count = 0
    const now = performance.now()
    for (const waiting of this.#waiting) {
      if (waiting.ticket > ticket) break
      count++
      lastSeq = Math.max(lastSeq, waiting.batch.lastSeq)
      this.latencies.add(now - waiting.since)
      for (const job of waiting.batch.jobs) job.acknowledge()
    }
    this.#waiting.splice(0, count)
    if (count > 0) this.#options.onDurable(lastSeq)
  }

  #fail(error: Error): void {
    this.#failed = true
    for (const { batch } of this.#waiting.splice(0)) refuse(batch)
    this.#options.onFailed(error)
  }
}

function refuse(batch: CommittedBatch): void {
  const error = new AppError('UNAVAILABLE', 'the write may be lost: a disk sync failed')
  for (const job of batch.jobs) job.refuse(error)
}
