import type { TransactionOperation } from '@koyalite/contracts'
import type { Repeatable } from './buffered-write'

/** An operation of another service, as transactions run their own. */
export function stepsOf(operation: TransactionOperation): Repeatable {
  return {
    about: operation.about,
    prepare(_, { newUuid = Bun.randomUUIDv7 }) {
      // biome-ignore lint/correctness/useYield: it is done at once
      return function* (tx) {
        return operation.run(tx, newUuid)
      }
    },
  }
}
