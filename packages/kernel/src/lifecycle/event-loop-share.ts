/** After so long others get the event loop. */
const MAX_TURN_MS = 5

/**
 * The share that a request has of the event loop, where its work may take long: between two parts of it, it asks for the next one. The caller begins with what
 * is left of the present turn.
 */
export class EventLoopShare {
  #since = performance.now()

  /** Lets others have a turn where they have not had one for a while. */
  async next(): Promise<void> {
    if (performance.now() - this.#since < MAX_TURN_MS) return
    await new Promise(setImmediate)
    this.#since = performance.now()
  }
}
