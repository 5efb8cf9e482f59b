import { type Actor, AppError, type Reads } from '@koyalite/contracts'
import type { DataContext } from '../data-context'
import type { Asker, ReadResult, TransactionRead } from './transaction'
import { isObservation } from './transaction-errors'

/** What a transaction has read, or what that was refused with: at its end it must still be so. */
export class ObservedRead {
  readonly #asker: Asker
  readonly #read: TransactionRead
  readonly #seen: string

  constructor(asker: Asker, read: TransactionRead, seen: ReadResult | AppError) {
    this.#asker = asker
    this.#read = read
    this.#seen = fingerprint(seen)
  }

  /** Whether it would be the same, for an actor of now. */
  stillHolds(context: DataContext, actor: Actor, source: Reads): boolean {
    return fingerprint(this.#again(context, actor, source)) === this.#seen
  }

  #again(context: DataContext, actor: Actor, source: Reads): ReadResult | AppError {
    try {
      return this.#read.prepare(context, this.#asker.as(context, actor)).run(source)
    } catch (error) {
      if (isObservation(error)) return error
      throw error
    }
  }
}

/** As short as a hash: what was read may be large. */
function fingerprint(seen: ReadResult | AppError): string {
  if (seen instanceof AppError) return `${seen.code} ${seen.message}`
  const hash = new Bun.CryptoHasher('blake2b256')
  hash.update(seen.text)
  // Of a part of a document its tag is returned too, which is that of the whole.
  hash.update(`\n${seen.whole ?? ''}`)
  return hash.digest('base64')
}
