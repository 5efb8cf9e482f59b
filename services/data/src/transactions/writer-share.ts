import { AppError } from '@koyalite/contracts'
import type { LabelledValue, Log } from '@koyalite/kernel'

const WINDOW_S = 60
/** Of the window: what a function may hold the writer for. A fifth of it. */
const MAX_HELD_MS = 12_000

interface Held {
  /** By second, milliseconds; of the last minute. */
  readonly recent: Map<number, number>
  total: number
  isThrottled: boolean
}

/** For how long each function has held the writer: while it does, nobody else writes. */
export class WriterShare {
  readonly #functions = new Map<string, Held>()
  readonly #log: Pick<Log, 'warn'>
  readonly #now: () => number

  constructor({ log, now = Date.now }: { readonly log: Pick<Log, 'warn'>; readonly now?: () => number }) {
    this.#log = log
    this.#now = now
  }

  /** A function has held it. */
  add(name: string, ms: number): void {
    const held = this.#functions.get(name) ?? { recent: new Map(), total: 0, isThrottled: false }
    this.#functions.set(name, held)
    const second = this.#second()
    held.recent.set(second, (held.recent.get(second) ?? 0) + ms)
    held.total += ms
    this.#forget(held)
    if (held.isThrottled || sum(held) <= MAX_HELD_MS) return
    held.isThrottled = true
    const advice = 'do less in its exclusive transactions, or make them optimistic'
    this.#log.warn({ function: name, held_ms: Math.round(sum(held)), advice }, throttledText(name))
  }

  /** Throws TRANSACTION_BUSY where a function has held it for more than its share of the last minute. */
  require(name: string): void {
    const held = this.#functions.get(name)
    if (held === undefined) return
    this.#forget(held)
    held.isThrottled = sum(held) > MAX_HELD_MS
    if (!held.isThrottled) return
    const headers = { 'retry-after': String(this.#wait(held)) }
    throw new AppError('TRANSACTION_BUSY', `${throttledText(name)}: others come first.`, { headers })
  }

  /** Seconds, by function. */
  totals(): readonly LabelledValue[] {
    return [...this.#functions].map(([name, { total }]) => ({ labels: { function: name }, value: total / 1_000 }))
  }

  #forget({ recent }: Held): void {
    const last = this.#second() - WINDOW_S
    for (const second of recent.keys()) if (second <= last) recent.delete(second)
  }

  /** Seconds until enough of it is a minute ago. */
  #wait(held: Held): number {
    let left = sum(held)
    for (const [second, ms] of held.recent) {
      left -= ms
      if (left <= MAX_HELD_MS) return Math.max(1, second + WINDOW_S - this.#second())
    }
    return WINDOW_S
  }

  #second(): number {
    return Math.floor(this.#now() / 1_000)
  }
}

function sum({ recent }: Held): number {
  let ms = 0
  for (const held of recent.values()) ms += held
  return ms
}

function throttledText(name: string): string {
  return `The function ${name} has held the writer for more than 20 % of a minute`
}
