import {
  type AuditedCaller,
  type DocumentRead,
  documentRead,
  type JsonValue,
  type TransactionOperation,
} from '@koyalite/contracts'
import type { HeldTx } from '@koyalite/sqlite'
import { recordReads } from '../audit/audited-read'
import { auditedWrite } from '../audit/audited-write'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'
import { hasHooks } from '../hooks/hooks-of'
import { untilPrepared } from '../hooks/preparation'
import type { WriteOutcome } from '../operations/write-outcome'
import { boundedRead } from './bounded-read'
import { runThrough } from './buffered-write'
import type { Asker, ReadResult, Transaction, TransactionRead, TransactionWrite } from './transaction'
import { isTimeout, timedOut } from './transaction-errors'

/** Reads that the audit log is to have. */
interface Audited {
  readonly context: DataContext
  readonly caller: AuditedCaller
  readonly reads: readonly DocumentRead[]
}

/** Holds the writer: it reads what it has written, and nobody else writes. SPEC.md, section E. */
export class ExclusiveTransaction implements Transaction {
  readonly #held: HeldTx
  #isOver = false
  #last: string | null = null
  #audited: Audited[] = []

  constructor(held: HeldTx) {
    this.#held = held
    void held.ended.then(() => {
      this.#isOver = true
    })
  }

  get isOver(): boolean {
    return this.#isOver
  }

  async read(asker: Asker, read: TransactionRead): Promise<ReadResult> {
    const { context, actor } = asker
    const caller = asker.as(context, actor)
    const found = this.#use(read.name, () =>
      boundedRead(context, read.name, read.prepare(context, caller), {
        get: (sql) => this.#held.get(sql),
        all: (sql) => this.#held.all(sql),
      }),
    )
    // Nobody can write an entry before it has ended.
    if (found.audited.length > 0) this.#audited.push({ context, caller, reads: found.audited })
    return found
  }

  async write(asker: Asker, write: TransactionWrite): Promise<readonly WriteOutcome[]> {
    const { context, actor } = asker
    const caller = asker.as(context, actor)
    if (hasHooks(context)) return this.#writeReady(asker, caller, write)
    return this.#use(write.name, () => {
      const steps = write.prepare(context, caller)
      const run = auditedWrite(context, caller, { collection: write.collection, run: (tx) => runThrough(steps(tx)) })
      return this.#held.write(run)
    })
  }

  /** The writer is held while hooks prepare a write. */
  async #writeReady({ context }: Asker, caller: Caller, write: TransactionWrite): Promise<readonly WriteOutcome[]> {
    const steps = write.prepare(context, caller)
    await steps.ready?.()
    return untilPrepared(async () =>
      this.#use(write.name, () => {
        const run = auditedWrite(context, caller, { collection: write.collection, run: (tx) => runThrough(steps(tx)) })
        return this.#held.write(run)
      }),
    )
  }

  async run(_: Asker, operation: TransactionOperation): Promise<JsonValue> {
    return this.#use(operation.name, () => this.#held.write((tx) => operation.run(tx, Bun.randomUUIDv7)))
  }

  lastSeq(): number {
    return this.#use(null, () => this.#held.lastSeq())
  }

  async commit({ context: { audit } }: Asker, last: readonly TransactionOperation[] = []): Promise<number> {
    const audited = this.#audited
    this.#use(last.at(-1)?.name ?? null, () =>
      this.#held.write((tx) => {
        for (const operation of last) operation.run(tx, Bun.randomUUIDv7)
        for (const { caller, reads } of audited) for (const read of reads) audit.record(tx, documentRead(caller, read))
      }),
    )
    // That it may commit was just seen: what it rejects with now is of the commit itself.
    const { seq } = await this.#held.commit()
    this.#audited = []
    return seq
  }

  async rollBack(): Promise<void> {
    this.#held.rollback()
    // What was read was returned.
    for (const { context, caller, reads } of this.#audited.splice(0)) await recordReads(context, caller, reads)
  }

  #use<T>(name: string | null, work: () => T): T {
    try {
      const value = work()
      this.#last = name ?? this.#last
      return value
    } catch (error) {
      if (isTimeout(error)) throw timedOut(error, this.#last)
      this.#last = name ?? this.#last
      throw error
    }
  }
}
