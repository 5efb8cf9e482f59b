import type { Connection, Statement } from '../driver/driver'
import { NO_PARAMS } from '../writer/tx'

/** Runs what reads at one state of the database. */
export type Consistently = <T>(read: () => T) => T

/** For a process that writes itself: nothing is committed while it reads. */
export const directly: Consistently = (read) => read()

/** What is known of the state that reads see. */
export interface ReadState {
  readonly seq: number
  readonly epoch: string
}

const SELECT_STATE = `SELECT (SELECT max(seq) FROM _koyalite_changes), (SELECT value FROM _koyalite_meta WHERE key = 'epoch')`

/**
 * Knows at which sequence number the reads of a process are that does not write: PRAGMA data_version (1 µs) says whether somebody has
 * committed since it was last looked up.
 */
export class ReadStates {
  readonly #version: Statement
  readonly #select: Statement
  readonly #begin: Statement
  readonly #end: Statement
  readonly #connection: Connection
  readonly #onMoved: (state: ReadState) => void
  #seen: unknown = null

  /** `onMoved` is notified of every new state, the first one too. It may read. */
  constructor(connection: Connection, onMoved: (state: ReadState) => void) {
    const prepare = (sql: string) => connection.prepare(sql)
    this.#connection = connection
    this.#version = prepare('PRAGMA data_version').raw(true)
    this.#select = prepare(SELECT_STATE).raw(true)
    this.#begin = prepare('BEGIN')
    this.#end = prepare('COMMIT')
    this.#onMoved = onMoved
  }

  /** Looks whether somebody has committed. */
  look(): void {
    if (this.#readVersion() !== this.#seen) this.#inTransaction(() => {})
  }

  /** Afterwards the last state that `onMoved` was notified of is the one that `read` saw. `read` may run several times. */
  readonly consistently: Consistently = (read) => {
    const result = read()
    // Read first and look afterwards: if nothing has moved until now, it has read the known state.
    return this.#readVersion() === this.#seen ? result : this.#inTransaction(read)
  }

  #inTransaction<T>(read: () => T): T {
    this.#begin.run(NO_PARAMS)
    let result: T
    let state: ReadState
    let version: unknown
    try {
      version = this.#readVersion()
      const [seq, epoch] = this.#select.get(NO_PARAMS) ?? []
      state = { seq: (seq as number | null) ?? 0, epoch: epoch as string }
      result = read()
      this.#seen = version
    } finally {
      if (this.#connection.inTransaction) this.#end.run(NO_PARAMS)
    }
    this.#onMoved(state)
    // A notified listener may have read, and so have moved on to a later state than that of this result.
    return this.#seen === version ? result : this.#inTransaction(read)
  }

  #readVersion(): unknown {
    return this.#version.get(NO_PARAMS)?.[0]
  }
}
