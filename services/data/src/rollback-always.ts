import type { Sync } from '@koyalite/contracts'
import type { AuditedSteps, AuditedTx } from './audit/audited-write'
import type { DataContext } from './data-context'

/** Runs a write in a transaction that is always rolled back: returns what it returns, and throws what it throws. */
export function rollbackAlways<T>(context: DataContext, run: (tx: AuditedTx) => Sync<T>): Promise<T> {
  // biome-ignore lint/correctness/useYield: it is done at once
  return rollbackSteps(context, function* (tx) {
    return run(tx)
  })
}

/** The same for a write in steps. */
export async function rollbackSteps<T>({ database }: DataContext, steps: AuditedSteps<T>): Promise<T> {
  const thrown = await database
    .writeInSteps<never>(function* (tx) {
      // Nothing of it remains that could be audited.
      throw new RolledBack(yield* steps(tx as AuditedTx))
    })
    .catch((error: unknown) => error)
  if (thrown instanceof RolledBack) return thrown.value as T
  throw thrown
}

/** Thrown to roll a transaction back. */
class RolledBack<T> extends Error {
  readonly value: T

  constructor(value: T) {
    super('rolled back')
    this.value = value
  }
}
