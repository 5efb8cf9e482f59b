import {
  type Actor,
  AppError,
  type ErrorCode,
  type JsonValue,
  type Reads,
  type TransactionOperation,
} from '@koyalite/contracts'
import { recordReads } from '../audit/audited-read'
import type { AuditedTx } from '../audit/audited-write'
import { type DataContext, modelNamed } from '../data-context'
import { hasHooks } from '../hooks/hooks-of'
import { untilPrepared } from '../hooks/preparation'
import { writeDocuments } from '../operations/write-documents'
import type { WriteOutcome } from '../operations/write-outcome'
import { rollbackSteps } from '../rollback-always'
import { boundedRead } from './bounded-read'
import { BufferedWrite, type HookWrite, type Repeatable, type WriteResult } from './buffered-write'
import { requireKeys } from './generated-keys'
import { ObservedRead } from './observed-read'
import { stepsOf } from './operation-steps'
import type { Asker, ReadResult, Transaction, TransactionRead, TransactionWrite } from './transaction'
import { conflict, isObservation, tooLarge, whileOthersHold } from './transaction-errors'
import { WrittenCollections } from './written-collections'

/** What all writes have in common where there are hooks. */
const HOOKS = 'hooks'

const MAX_READS = 100
const MAX_DOCUMENTS = 1_000
const MAX_WRITES = 1_000

/**
 * Holds nothing while its caller thinks. Reads are answered as they come, and writes tried and rolled back; at the commit, in one turn of the writer, the
 * reads are asked again, and where all of them hold, the writes are made: as if all of it had happened then. SPEC.md, section O.
 */
export class OptimisticTransaction implements Transaction {
  readonly isOver = false
  readonly #reads: ObservedRead[] = []
  readonly #writes: BufferedWrite[] = []
  readonly #written = new WrittenCollections()
  /** How many documents were read, and are to be written. */
  #documents = 0
  #size = 0

  async read(asker: Asker, read: TransactionRead): Promise<ReadResult> {
    if (this.#reads.length >= MAX_READS) {
      throw tooLarge(`An optimistic transaction may read ${MAX_READS} times: read less, or use { mode: "exclusive" }.`)
    }
    const { context, actor } = asker
    const caller = asker.as(context, actor)
    let found: ReadResult
    try {
      const prepared = read.prepare(context, caller)
      this.#written.requireNone(read.name, prepared)
      found = boundedRead(context, read.name, prepared, context.database)
    } catch (error) {
      if (error instanceof AppError && DENIALS.has(error.code)) this.#reads.push(new ObservedRead(asker, read, error))
      throw error
    }
    this.#documents += found.documents
    if (this.#documents > MAX_DOCUMENTS) {
      throw tooLarge(
        `An optimistic transaction may read ${MAX_DOCUMENTS} documents: read fewer, or use { mode: "exclusive" }.`,
      )
    }
    this.#reads.push(new ObservedRead(asker, read, found))
    await recordReads(context, caller, found.audited)
    return found
  }

  async write(asker: Asker, write: TransactionWrite): Promise<readonly WriteOutcome[]> {
    this.#count(write.creates.length)
    const { context, actor } = asker
    const caller = asker.as(context, actor)
    // Nobody waits for the writer to learn that what they send is wrong.
    write.prepare(context, caller)
    requireKeys(modelNamed(context, caller, write.collection), write)
    // What hooks make of a write may depend on what hooks made of others.
    const about = [
      ...(write.id === null ? [] : [`${write.collection} ${write.id}`]),
      ...(hasHooks(context) ? [HOOKS] : []),
    ]
    const { result: outcomes, written } = await this.#buffer(asker, { about, prepare: write.prepare })
    this.#written.add(context.schema, write)
    for (const { collection, operation } of written) {
      const name = `a hook of ${write.name}`
      this.#written.add(context.schema, { name, collection, deletes: operation === 'delete' })
    }
    // What its own steps return.
    return outcomes as readonly WriteOutcome[]
  }

  async run(asker: Asker, operation: TransactionOperation): Promise<JsonValue> {
    this.#count(operation.size)
    // What its own `run` returns.
    return (await this.#buffer(asker, stepsOf(operation))).result as JsonValue
  }

  /** Throws TRANSACTION_TOO_LARGE. */
  #count(written: number): void {
    this.#size += Math.max(1, written)
    if (this.#size <= MAX_WRITES) return
    throw tooLarge(
      `An optimistic transaction may write ${MAX_WRITES} documents and jobs: write fewer, or use { mode: "exclusive" }.`,
    )
  }

  async #buffer(
    asker: Asker,
    write: Repeatable,
  ): Promise<{ readonly result: WriteResult; readonly written: Iterable<HookWrite> }> {
    const next = new BufferedWrite(asker, write)
    if (hasHooks(asker.context)) await next.ready(asker.context, asker.actor)
    try {
      const result = await untilPrepared(() => this.#attempt(asker, next))
      next.tellWritten(result)
      this.#writes.push(next)
      return { result, written: next.written }
    } catch (error) {
      if (!isObservation(error)) throw error
      next.tellRefused(error)
      this.#writes.push(next)
      throw error
    }
  }

  /** Mostly the earlier writes make no difference to a write of another document, and running all of them for each would take the square of their number. */
  async #attempt({ context, actor }: Asker, next: BufferedWrite): Promise<WriteResult> {
    const attempt = (earlier: readonly BufferedWrite[]) =>
      whileOthersHold(() =>
        rollbackSteps(context, function* (tx) {
          // They were possible before.
          yield* elseConflict(inOrder(earlier, (one) => one.again(tx, context, actor)))
          return yield* next.make(tx, context, actor)
        }),
      )
    const mayDiffer = this.#writes.some((one) => one.concerns(next))
    if (mayDiffer || this.#writes.length === 0) return attempt(this.#writes)
    try {
      return await attempt([])
    } catch (error) {
      if (!isObservation(error)) throw error
      return attempt(this.#writes)
    }
  }

  lastSeq({ context }: Asker): number {
    return context.database.feed.lastSeq
  }

  async commit(asker: Asker, last: readonly TransactionOperation[] = []): Promise<number> {
    const { context, actor } = asker
    if (this.#writes.length === 0 && last.length === 0) {
      this.#requireReads(context, actor, context.database)
      return this.lastSeq(asker)
    }
    const caller = asker.as(context, actor)
    const again = (tx: AuditedTx) => this.#again(tx, context, actor)
    const prepare = () =>
      function* (tx: AuditedTx) {
        yield* again(tx)
        for (const operation of last) yield* stepsOf(operation).prepare(context, caller)(tx)
      }
    const { seq } = await whileOthersHold(() => writeDocuments(context, caller, { collection: null, prepare }))
    return seq
  }

  async rollBack(asker: Asker | null): Promise<void> {
    if (asker === null) return
    const { context, actor } = asker
    if (this.#writes.length === 0) return this.#requireReads(context, actor, context.database)
    await whileOthersHold(() => rollbackSteps(context, (tx) => elseConflict(this.#again(tx, context, actor))))
  }

  /** All that its caller was told, in one state of the database. Throws TRANSACTION_CONFLICT, or what a write is refused with now. */
  *#again(tx: AuditedTx, context: DataContext, actor: Actor): Generator<void, void, void> {
    this.#requireReads(context, actor, tx)
    yield* inOrder(this.#writes, (write) => write.again(tx, context, actor))
  }

  /** Throws TRANSACTION_CONFLICT. */
  #requireReads(context: DataContext, actor: Actor, source: Reads): void {
    for (const read of this.#reads) if (!read.stillHolds(context, actor, source)) throw conflict()
  }
}

/** One after the other; the event loop may have a turn in between. */
function* inOrder<T>(all: readonly T[], run: (one: T) => Generator<void, unknown, void>): Generator<void, void, void> {
  for (const one of all) {
    yield* run(one)
    yield
  }
}

/** A refusal of what was possible before is a conflict. */
function* elseConflict(steps: Generator<void, void, void>): Generator<void, void, void> {
  try {
    yield* steps
  } catch (error) {
    throw isObservation(error) ? conflict() : error
  }
}

/** What a read may be refused with by documents, or by the rights of an actor, which change as documents do. */
const DENIALS: ReadonlySet<ErrorCode> = new Set(['FORBIDDEN', 'UNAUTHENTICATED', 'NOT_FOUND'])
