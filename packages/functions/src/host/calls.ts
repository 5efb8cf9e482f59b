import type { Call, OpenedCall } from './call'

/** How long after its answer something may still be said of a call. */
const LATE_MS = 10_000
/** Of two it is not known which one something belongs to: no more are kept, however many there are in ten seconds. */
const MAX_ENDED = 2

/** The calls that run in this process, and the last ones that have ended. */
export class Calls {
  readonly #running = new Map<string, OpenedCall>()
  #ended: { readonly call: Call; readonly until: number }[] = []

  add(opened: OpenedCall): void {
    this.#running.set(opened.call.info.execution, opened)
  }

  /** Nobody waits for the answer of an execution. */
  cancel(execution: string): void {
    this.#running.get(execution)?.leave()
  }

  /** What it has left running may still log, for a while. */
  ended(call: Call): void {
    this.#running.delete(call.info.execution)
    this.#ended = [...this.#ended, { call, until: Date.now() + LATE_MS }].slice(-MAX_ENDED)
  }

  /** Those of which anything may run. */
  all(): readonly Call[] {
    const now = Date.now()
    return [
      ...Array.from(this.#running.values(), ({ call }) => call),
      ...this.#ended.flatMap(({ call, until }) => (until > now ? [call] : [])),
    ]
  }
}
