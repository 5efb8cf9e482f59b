import type { Connection, Statement } from '../driver/driver'
import type { Log } from '../log'
import { NO_PARAMS } from '../writer/tx'
import type { CheckpointMode, CheckpointResult, Maintenance } from './maintenance'

export interface CheckpointLimits {
  /** Copy into the database file when so much of the WAL is not there yet. */
  readonly passiveBytes: number
  /** Begin the WAL at its front again when it is as large as this. Reads look into one index segment per 16 MB of it. */
  readonly restartBytes: number
  /** No more is written while the WAL is as large as this: what it holds needs as much room again in the database file. */
  readonly maxBytes: number
}

/** Smaller ones copy the same pages more often: with random keys 8 and 16 MB cost a tenth of the writes; larger ones gain nothing. */
export const CHECKPOINT_LIMITS: CheckpointLimits = {
  passiveBytes: 16 * 1024 * 1024,
  restartBytes: 32 * 1024 * 1024,
  maxBytes: 16 * 1024 * 1024 * 1024,
}

export interface CheckpointStats {
  readonly walBytes: number
  readonly checkpoints: number
  readonly failed: number
  readonly last: { readonly at: number; readonly mode: CheckpointMode; readonly ms: number } | null
  /** Since when (ms since 1970) a reader keeps the WAL from being emptied; null if none does. */
  readonly blockedSince: number | null
  /** Nothing is written until that reader has ended. */
  readonly full: boolean
}

export interface CheckpointerOptions {
  /** The writer's connection: asked for the size of the WAL after each batch. */
  readonly connection: Connection
  readonly maintenance: Maintenance
  /** Keeps batches from beginning until the work has settled. */
  readonly pauseWriter: (work: () => Promise<CheckpointResult>) => Promise<CheckpointResult>
  readonly limits: CheckpointLimits
  readonly log: Log
}

interface WalState {
  readonly frames: number
  readonly backfilled: number
}

/** Rounds of PASSIVE before the writer is paused: each leaves only what was written during it. */
const PASSIVE_ROUNDS = 3
const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 10_000
/** In sizes at which the WAL should have begun again. */
const FIRST_WARNING = 4

/** Keeps the WAL's size bounded without a sync on the event loop. SPEC.md, section C. */
export class Checkpointer {
  readonly #options: CheckpointerOptions
  readonly #walState: Statement
  readonly #frameBytes: number
  #seen: WalState = { frames: 0, backfilled: 0 }
  #running: Promise<void> | null = null
  #closed = false
  #notBefore = 0
  #retryMs = FIRST_RETRY_MS
  #checkpoints = 0
  #failed = 0
  #last: CheckpointStats['last'] = null
  #blockedSince: number | null = null
  #full = false
  /** The next warning is due at this size, the one after it at twice as much. */
  #warnAt: number
  /** Tries again also when nobody writes. */
  #retry: ReturnType<typeof setTimeout> | undefined

  constructor(options: CheckpointerOptions) {
    this.#options = options
    // NOOP tells the numbers of pages and does nothing: 1 µs.
    this.#walState = options.connection.prepare('PRAGMA wal_checkpoint(NOOP)').raw(true)
    this.#warnAt = FIRST_WARNING * options.limits.restartBytes
    this.#frameBytes = (options.connection.pragma('page_size', { simple: true }) as number) + 24
  }

  /** Whether the WAL is as large as it may become. */
  get full(): boolean {
    return this.#full
  }

  /** To be called after every batch. */
  afterCommit(): void {
    if (this.#closed) return
    const { frames, backfilled } = this.#state()
    const { passiveBytes, restartBytes, maxBytes } = this.#options.limits
    this.#full = this.#blockedSince !== null && frames * this.#frameBytes >= maxBytes
    if (this.#running !== null) return
    const due = (frames - backfilled) * this.#frameBytes >= passiveBytes || frames * this.#frameBytes >= restartBytes
    if (!due || performance.now() < this.#notBefore) return
    this.#start()
  }

  stats(): CheckpointStats {
    return {
      walBytes: this.#state().frames * this.#frameBytes,
      checkpoints: this.#checkpoints,
      failed: this.#failed,
      last: this.#last,
      blockedSince: this.#blockedSince,
      full: this.#full,
    }
  }

  /** Lets a running checkpoint end, and begins no more. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    await this.#running
  }

  #start(): void {
    clearTimeout(this.#retry)
    this.#running = this.#run().finally(() => {
      this.#running = null
    })
  }

  async #run(): Promise<void> {
    try {
      let result = await this.#checkpoint('PASSIVE')
      if (result.frames * this.#frameBytes < this.#options.limits.restartBytes) return
      for (let round = 1; round < PASSIVE_ROUNDS && result.backfilled < result.frames; round++) {
        result = await this.#checkpoint('PASSIVE')
      }
      // What no round could copy is kept by a reader; pausing the writer for it would only add to its wait.
      const rest = (result.frames - result.backfilled) * this.#frameBytes
      if (rest > this.#options.limits.passiveBytes || this.#closed) return this.#blocked(result)
      const large = result.frames * this.#frameBytes > 4 * this.#options.limits.restartBytes
      result = await this.#options.pauseWriter(() => this.#checkpoint(large ? 'TRUNCATE' : 'RESTART'))
      if (result.busy) this.#blocked(result)
      else this.#freed()
    } catch (error) {
      if (this.#closed) return
      this.#failed++
      this.#backOff()
      this.#options.log.error({ err: error }, 'checkpoint failed; the write-ahead log grows until one succeeds')
    }
  }

  async #checkpoint(mode: CheckpointMode): Promise<CheckpointResult> {
    const result = await this.#options.maintenance.checkpoint(mode)
    this.#checkpoints++
    this.#last = { at: Date.now(), mode, ms: result.ms }
    return result
  }

  #blocked(result: CheckpointResult): void {
    this.#blockedSince ??= Date.now()
    this.#backOff()
    const walBytes = result.frames * this.#frameBytes
    if (walBytes < this.#warnAt) return
    this.#warnAt = 2 * walBytes
    const { maxBytes } = this.#options.limits
    this.#options.log.warn(
      { walBytes, maxBytes, blockedSince: this.#blockedSince },
      'a long read blocks checkpoints; the write-ahead log grows until that read ends, and writes are rejected when it is full',
    )
  }

  #freed(): void {
    this.#full = false
    this.#blockedSince = null
    this.#retryMs = FIRST_RETRY_MS
    this.#notBefore = 0
    this.#warnAt = FIRST_WARNING * this.#options.limits.restartBytes
  }

  #backOff(): void {
    this.#notBefore = performance.now() + this.#retryMs
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => {
      if (this.#running === null && !this.#closed) this.#start()
    }, this.#retryMs)
    this.#retry.unref()
    this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2)
  }

  #state(): WalState {
    // In the middle of a transaction there is no response.
    if (this.#options.connection.inTransaction) return this.#seen
    const [, frames = 0, backfilled = 0] = (this.#walState.get(NO_PARAMS) ?? []) as number[]
    this.#seen = { frames, backfilled }
    return this.#seen
  }
}
