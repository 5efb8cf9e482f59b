import { AsyncLocalStorage } from 'node:async_hooks'
import type { RequestTrace } from '@koyalite/kernel'
import type { Database, StatementRun } from '@koyalite/sqlite'

/** A statement that a request ran. Plain data: it is passed between processes. */
export interface TracedStatement {
  /** With parameters in place of values. */
  readonly sql: string
  readonly ms: number
  /** That it returned or changed. */
  readonly rows: number
}

/** What is known of the statements of a request. */
export interface TracedStatements {
  /** The first ones. */
  readonly list: readonly TracedStatement[]
  readonly count: number
  /** Of all of them. */
  readonly ms: number
}

interface Trace {
  readonly list: TracedStatement[]
  count: number
  ms: number
  /** It has been answered: what runs now is no longer of it. */
  isOver: boolean
}

/** Of one request. A list with hundreds of them does the same again and again. */
const MAX_STATEMENTS = 50
const MAX_SQL = 4_000
/** Somebody who looks asks every two seconds. */
const WATCH_MS = 10_000

/**
 * Which statements a request runs, and how long each takes, while somebody looks at the requests of this server. Otherwise nothing is measured:
 * a look at the clock before and after each statement, and the context that leads from it to its request, cost a tenth of a read.
 */
export class StatementTraces implements RequestTrace {
  readonly #database: Pick<Database, 'watchStatements'>
  readonly #requests = new AsyncLocalStorage<Trace>()
  readonly #always: boolean
  #end: ReturnType<typeof setTimeout> | null = null
  isOn = false

  /** @param options `always`: also while nobody looks, for whoever develops */
  constructor(database: Pick<Database, 'watchStatements'>, { always }: { readonly always: boolean }) {
    this.#database = database
    this.#always = always
    if (always) this.#turn(true)
  }

  /** Somebody looks: what is asked from now on is traced for a while. */
  watch(): void {
    if (this.#always) return
    if (this.#end !== null) clearTimeout(this.#end)
    this.#end = setTimeout(() => this.#turn(false), WATCH_MS)
    this.#end.unref()
    if (!this.isOn) this.#turn(true)
  }

  run<T>(handle: () => T): T {
    return this.#requests.run({ list: [], count: 0, ms: 0, isOver: false }, handle)
  }

  /** The statements of the request that is being answered; null where they were not traced. */
  take(): TracedStatements | null {
    const trace = this.#requests.getStore()
    if (trace === undefined || trace.isOver) return null
    trace.isOver = true
    return trace
  }

  close(): void {
    if (this.#end !== null) clearTimeout(this.#end)
    this.#turn(false)
  }

  #turn(isOn: boolean): void {
    this.isOn = isOn
    this.#database.watchStatements(isOn ? this.#ran : null)
  }

  readonly #ran = ({ text, ms, rows }: StatementRun): void => {
    const trace = this.#requests.getStore()
    if (trace === undefined || trace.isOver) return
    trace.count++
    trace.ms += ms
    if (trace.list.length === MAX_STATEMENTS) return
    const sql = text.length > MAX_SQL ? `${text.slice(0, MAX_SQL)}…` : text
    trace.list.push({ sql, ms, rows })
  }
}
