import type { Actor, AppError } from '@koyalite/contracts'
import type { AuditedTx } from '../audit/audited-write'
import type { DataContext } from '../data-context'
import type { WriteOutcome } from '../operations/write-outcome'
import type { Asker, TransactionWrite } from './transaction'
import { conflict, isObservation } from './transaction-errors'
import { UuidTape } from './uuid-tape'

type Steps = Generator<void, readonly WriteOutcome[], void>

/** What its caller has been told of it. */
type Told = { readonly kind: 'written' | 'refused'; readonly text: string }

/** A write that has been tried, and is made when its transaction commits: with the same time, and the same ids. */
export class BufferedWrite {
  readonly write: TransactionWrite
  readonly #asker: Asker
  readonly #ids = new UuidTape()
  #told: Told | null = null

  constructor(asker: Asker, write: TransactionWrite) {
    this.#asker = asker
    this.write = write
  }

  /** From now on it must come to that. */
  tellWritten(outcomes: readonly WriteOutcome[]): void {
    this.#told = { kind: 'written', text: JSON.stringify(outcomes) }
  }

  /** From now on it must be refused: its caller may have gone on without it. */
  tellRefused(error: AppError): void {
    this.#told = { kind: 'refused', text: refusalText(error) }
  }

  /** Makes it, in steps. Throws TRANSACTION_CONFLICT where it comes to anything else than its caller was told. */
  *run(tx: AuditedTx, context: DataContext, actor: Actor): Steps {
    if (this.#told?.kind === 'refused') {
      if (refusalOf(tx, () => this.#make(tx, context, actor)) !== this.#told.text) throw conflict()
      return []
    }
    const outcomes = yield* this.#make(tx, context, actor)
    if (this.#told !== null && JSON.stringify(outcomes) !== this.#told.text) throw conflict()
    return outcomes
  }

  #make(tx: AuditedTx, context: DataContext, actor: Actor): Steps {
    const caller = { ...this.#asker.as(context, actor), newUuid: this.#ids.play() }
    return this.write.prepare(context, caller)(tx)
  }

  /** Whether both change the same document. */
  sharesDocument({ write }: BufferedWrite): boolean {
    return write.id !== null && write.id === this.write.id && write.collection === this.write.collection
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
function refusalOf(tx: AuditedTx, make: () => Steps): string | null {
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
