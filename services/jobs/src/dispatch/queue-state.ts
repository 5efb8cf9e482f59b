import type { JobsSettings } from '../jobs-settings'
import { RateGate } from './rate-gate'

/** What of a queue runs in this process, and how much more may. */
export class QueueState {
  readonly name: string
  running = 0
  /** Of a job that has crashed before: nothing else of its queue runs beside it. */
  isAlone = false
  /** The first job is to run alone, and others run still: until one of them ends. */
  isBlocked = false
  pausedAt: number | null = null
  /** What its handler says, where the settings say nothing. */
  ofHandler: number | null = null
  #gate: RateGate | null = null

  constructor(name: string) {
    this.name = name
  }

  concurrency(settings: JobsSettings): number {
    return settings.queues[this.name]?.concurrency ?? this.ofHandler ?? settings.concurrency
  }

  /** How many jobs may begin now. */
  free(settings: JobsSettings, monotonic: number): number {
    if (this.pausedAt !== null || this.isAlone || this.isBlocked) return 0
    const places = Math.max(0, this.concurrency(settings) - this.running)
    return Math.min(places, this.#rated(settings, monotonic)?.available(monotonic) ?? places)
  }

  began(): void {
    this.running++
    this.#gate?.take(1)
  }

  ended(): void {
    this.running--
    this.isBlocked = false
  }

  /** How long it waits for its rate, in milliseconds; 0 where it does not. */
  rateWait(settings: JobsSettings, monotonic: number): number {
    return this.#rated(settings, monotonic)?.wait(monotonic) ?? 0
  }

  #rated(settings: JobsSettings, monotonic: number): RateGate | null {
    const rate = settings.queues[this.name]?.rate ?? null
    if (rate === null) this.#gate = null
    else if (this.#gate?.rate.count !== rate.count || this.#gate.rate.per !== rate.per)
      this.#gate = new RateGate(rate, monotonic)
    return this.#gate
  }
}
