import type { SqlValue } from '@koyalite/contracts'
import type { GroupContext, LiveGroup } from './live-group'

/** Reading the groups of an aggregate may take long, and many may be followed: each takes at most a quarter of a reader. */
const RESTS_PER_READ = 3

/** Reads the page of a group: one read at a time, those of an aggregate with rests between them. */
export class PageReader {
  readonly #group: LiveGroup
  readonly #context: GroupContext
  #isReading = false
  /** Before then the groups of an aggregate are not read again, as `performance.now()` says it. */
  #restsUntil = 0

  constructor(group: LiveGroup, context: GroupContext) {
    this.#group = group
    this.#context = context
  }

  /** From `read` on until the page is there, or the group has failed. */
  get isReading(): boolean {
    return this.#isReading
  }

  read(): void {
    this.#isReading = true
    const rest = this.#restsUntil - performance.now()
    if (rest <= 0) this.#begin()
    else setTimeout(() => this.#begin(), rest).unref()
  }

  #begin(): void {
    const { database, queryTimeoutMs, relist, queryOf } = this.#context
    if (this.#group.isEmpty) {
      this.#isReading = false
      return
    }
    const started = performance.now()
    const [asker] = this.#group.members()
    try {
      // Who asks makes a difference to such a list: any of its members will do.
      if (this.#group.list.shape.isTimed && asker !== undefined) relist(this.#group, queryOf(asker).list)
    } catch (error) {
      this.#failed(error)
      return
    }
    const { list } = this.#group
    const { shape, pageParams } = list
    const finished = () => {
      this.#context.finished(list, performance.now() - started, asker)
      if (shape.isAggregate) this.#rest(started)
    }
    const options = { timeoutMs: queryTimeoutMs(), ...(shape.isAggregate && { background: true as const }) }
    database.query({ text: shape.page, params: pageParams }, options).then(
      ({ rows, seq }) => {
        finished()
        this.#isReading = false
        this.#take(rows, seq)
      },
      (error: unknown) => {
        finished()
        this.#failed(error)
      },
    )
  }

  #take(rows: readonly (readonly SqlValue[])[], seq: number): void {
    try {
      this.#group.takePage(rows, seq)
    } catch (error) {
      this.#failed(error)
    }
  }

  /** An aggregate is read at most so often, and most of the time not. */
  #rest(started: number): void {
    const now = performance.now()
    this.#restsUntil = Math.max(started + this.#context.aggregateMs, now + (now - started) * RESTS_PER_READ)
  }

  #failed(error: unknown): void {
    this.#isReading = false
    this.#context.failed(this.#group, error)
  }
}
