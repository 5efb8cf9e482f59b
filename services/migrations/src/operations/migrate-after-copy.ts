import type { Sync, Tx } from '@koyalite/contracts'
import type { MigrationsContext } from '../migrations-context'
import { reasonOf, StepFailed } from '../store/run-steps'

/**
 * Runs `work` as one migration, after a copy of the database was made; nothing is written between the two, so that the copy has all that can be lost. A copy
 * made for nothing, since the migration failed, is removed. Throws StepFailed where no copy can be made.
 * @param reason what the copy is called after its time; null: no copy is needed
 */
export async function migrateAfterCopy<T>(
  { database, snapshots, report }: MigrationsContext,
  reason: string | null,
  work: (tx: Tx, snapshot: string | null) => Sync<T>,
): Promise<{ readonly value: T; readonly snapshot: string | null }> {
  const made: { snapshot: string | null } = { snapshot: null }
  const before = async () => {
    if (reason === null || snapshots === null) return
    report?.('copying the database')
    made.snapshot = await snapshots.take(database, reason).catch((error: unknown) => {
      throw new StepFailed([`the snapshot of the database that it needs failed: ${reasonOf(error)}`], new Map(), error)
    })
  }
  try {
    const { value } = await database.migrate((tx) => work(tx, made.snapshot), { before })
    return { value, snapshot: made.snapshot }
  } catch (error) {
    if (made.snapshot !== null) await snapshots?.discard(made.snapshot)
    throw error
  }
}
