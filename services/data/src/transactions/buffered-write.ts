import type { Actor, AppError, HookOperation, JsonValue } from '@koyalite/contracts'
import type { AuditedTx } from '../audit/audited-write'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'
import type { ReadyFirst } from '../hooks/ready'
import type { WriteOutcome } from '../operations/write-outcome'
import { PreparedTape } from './prepared-tape'
import type { Asker } from './transaction'
import { conflict, isObservation } from './transaction-errors'
import { UuidTape } from './uuid-tape'

/** What is done in the writer, and can be done again. */
export interface Repeatable {
  /** What its result may depend on besides what is stored: others that have one of these names in common. */
  readonly about: readonly string[]
  /** Throws where the caller may not do that, or it is not valid. */
  prepare(context: DataContext, caller: Caller): ((tx: AuditedTx) => Steps<WriteResult>) & ReadyFirst
}

/** Of documents, or of an operation of another service. */
export type WriteResult = readonly WriteOutcome[] | JsonValue

/** What a hook has written. */
export interface HookWrite {
  readonly collection: string
  readonly operation: HookOperation
}

type Steps<T> = Generator<void, T, void>

/** What its caller has been told of it. */
type Told = { readonly kind: 'written' | 'refused'; readonly text: string }

/** A write that has been tried, and is made when its transaction commits: with the same time, and the same ids. */
export class BufferedWrite {
  readonly #write: Repeatable
  readonly #asker: Asker
  readonly #ids = new UuidTape()
  readonly #prepared = new PreparedTape()
  readonly #written = new Map<string, HookWrite>()
  #told: Told | null = null

  constructor(asker: Asker, write: Repeatable) {
    this.#asker = asker
    this.#write = write
  }

  /** From now on it must come to that. */
  tellWritten(result: WriteResult): void {
    this.#told = { kind: 'written', text: JSON.stringify(result) }
  }

  /** From now on it must be refused: its caller may have gone on without it. */
  tellRefused(error: AppError): void {
    this.#told = { kind: 'refused', text: refusalText(error) }
  }

  /** Makes it again, in steps. Throws TRANSACTION_CONFLICT where it comes to anything else than its caller was told. */
  *again(tx: AuditedTx, context: DataContext, actor: Actor): Steps<void> {
    const isRefused = this.#told?.kind === 'refused'
    const text = isRefused
      ? refusalOf(tx, () => this.make(tx, context, actor))
      : JSON.stringify(yield* this.make(tx, context, actor))
    if (text !== this.#told?.text) throw conflict()
  }

  /** Makes it, in steps. */
  make(tx: AuditedTx, context: DataContext, actor: Actor): Steps<WriteResult> {
    return this.#prepare(context, actor)(tx)
  }

  /** Waits for what prepares it, once: made again, it is what that has come to. */
  async ready(context: DataContext, actor: Actor): Promise<void> {
    await this.#prepare(context, actor).ready?.()
  }

  /** What hooks have written in it, as far as it was made. */
  get written(): Iterable<HookWrite> {
    return this.#written.values()
  }

  #prepare(context: DataContext, actor: Actor) {
    const caller: Caller = {
      ...this.#asker.as(context, actor),
      newUuid: this.#ids.play(),
      hooking: {
        prepared: this.#prepared.play(),
        wrote: (collection, operation) => {
          this.#written.set(`${operation} ${collection}`, { collection, operation })
        },
      },
    }
    return this.#write.prepare(context, caller)
  }

  /** Whether both are about the same. */
  concerns(other: BufferedWrite): boolean {
    return this.#write.about.some((name) => other.#write.about.includes(name))
  }
}

/** Runs a write in steps to its end, at once. */
export function runThrough<T>(steps: Generator<void, T, void>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** What a write is refused with, as text; null where it is made. */
function refusalOf(tx: AuditedTx, make: () => Steps<WriteResult>): string | null {
  try {
    tx.attempt(() => runThrough(make()))
    return null
  } catch (error) {
    if (isObservation(error)) return refusalText(error)
    throw error
  }
}

function refusalText({ code, message }: AppError): string {
  return `${code} ${message}`
}
