import type { FinishedQuery } from '@koyalite/contracts'
import type { Metrics, RequestEntry } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { databaseBytes } from '../store/database-size'
import type { Gauges, MeasuredTime } from './measured-time'
import { MinuteCounts } from './minute-counts'
import { isOfClients } from './of-clients'

export interface MeasuringOptions {
  readonly database: Pick<Database, 'stats' | 'takeWriteLatencies' | 'get' | 'follows'>
  readonly metrics: Pick<Metrics, 'value' | 'loopDelay'>
}

export const MINUTE_MS = 60_000
/** Minutes that a process keeps while nobody takes them: the primary does so every minute. */
const MAX_WAITING = 10

/** Measures this process, minute by minute. */
export class Measuring {
  readonly #options: MeasuringOptions
  readonly #loopDelay: () => number
  readonly #done: MinuteCounts[] = []
  #current: MinuteCounts | null = null
  #written = 0
  #failed = 0

  constructor(options: MeasuringOptions) {
    this.#options = options
    this.#loopDelay = options.metrics.loopDelay()
    const { writes, failedWrites } = options.database.stats().writer
    this.#written = writes
    this.#failed = failedWrites
  }

  /** @param now milliseconds since 1970 */
  responded(entry: RequestEntry, now: number): void {
    if (isOfClients(entry)) this.#at(now).responded(entry, now)
  }

  finished(query: FinishedQuery, now: number): void {
    this.#at(now).finished(query)
  }

  /** Looks at what is measured by looking: to be called several times a minute. */
  look(now: number): void {
    const { database } = this.#options
    const minute = this.#at(now)
    minute.saw(this.#gauges())
    const { writes, failedWrites } = database.stats().writer
    const counts = { count: writes - this.#written, failed: failedWrites - this.#failed }
    this.#written = writes
    this.#failed = failedWrites
    const latencies = database.takeWriteLatencies()
    if (counts.count > 0 || counts.failed > 0) minute.wrote(counts, latencies)
  }

  /** The minutes that have ended, which are forgotten. */
  take(now: number): readonly MeasuredTime[] {
    this.#at(now)
    return this.#done.splice(0).map((minute) => minute.read())
  }

  /** The minutes that were not taken, and the one that has not ended. */
  peek(): readonly MeasuredTime[] {
    return [...this.#done, ...(this.#current === null ? [] : [this.#current])].map((minute) => minute.read())
  }

  #at(now: number): MinuteCounts {
    const current = this.#current
    // The clock may have been set back: then the minute lasts until it has caught up.
    if (current !== null && now < current.at + MINUTE_MS) return current
    if (current !== null) this.#done.push(current)
    if (this.#done.length > MAX_WAITING) this.#done.shift()
    this.#current = new MinuteCounts(Math.floor(now / MINUTE_MS) * MINUTE_MS)
    return this.#current
  }

  #gauges(): Gauges {
    const { database, metrics } = this.#options
    const { writer, unsynced, checkpoints, readers } = database.stats()
    const found: Record<keyof Gauges, number | null> = {
      memory_bytes: metrics.value('process_resident_memory_bytes'),
      loop_delay_ms: this.#loopDelay(),
      sockets: metrics.value('realtime_connections'),
      subscriptions: metrics.value('realtime_subscriptions'),
      live_memory_bytes: metrics.value('realtime_memory_bytes'),
      live_lag: metrics.value('realtime_lag_changes'),
      wal_bytes: checkpoints?.walBytes ?? null,
      database_bytes: database.follows ? null : databaseBytes(database),
      writes_waiting: database.follows ? null : writer.queued + unsynced,
      readers: readers?.processes ?? null,
      reads_waiting: readers?.waiting ?? null,
    }
    return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== null))
  }
}
