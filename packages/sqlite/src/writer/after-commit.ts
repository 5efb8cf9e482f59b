import type { Log } from '../log'
import { isThenable } from './is-thenable'

/** What a write asked for with `afterCommit`, in order. Made by the first call, so that a write without any costs nothing. */
export class AfterCommit {
  readonly #callbacks: (() => unknown)[] = []

  get count(): number {
    return this.#callbacks.length
  }

  add(callback: () => unknown): void {
    this.#callbacks.push(callback)
  }

  /** Drops what was added after the first `count`: the savepoint that asked for it was rolled back. */
  rollbackTo(count: number): void {
    this.#callbacks.length = count
  }

  /** Runs all of them. The write is stored whatever they do, so an error is logged and the next one runs. */
  run(log: Log): void {
    for (const callback of this.#callbacks.splice(0)) {
      try {
        const result = callback()
        if (!isThenable(result)) continue
        Promise.resolve(result).catch((error: unknown) => reportFailure(log, error))
        throw new TypeError('an afterCommit callback must not be asynchronous')
      } catch (error) {
        reportFailure(log, error)
      }
    }
  }
}

function reportFailure(log: Log, error: unknown): void {
  log.error({ err: error }, 'an afterCommit callback failed; the write itself is stored')
}
