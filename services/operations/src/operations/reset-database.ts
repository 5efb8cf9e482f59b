import { type Actor, AppError, auditedActor } from '@koyalite/contracts'
import type { FoundBackup } from '../backup-place'
import type { OperationsContext } from '../operations-context'
import { emptyTables } from '../store/empty-tables'
import { createBackup } from './create-backup'

export interface ResetDatabase {
  readonly documents: number
  /** Null: a database in memory. */
  readonly backup: FoundBackup | null
  readonly epoch: string
}

/**
 * Removes all documents, users and what belongs to them, in one transaction; operators, service keys, the audit log and the schema stay. A backup is
 * made before, and nothing is written between the two. Throws FORBIDDEN in production, and in a server of `start`.
 */
export async function resetDatabase(context: OperationsContext, actor: Actor): Promise<ResetDatabase> {
  const { database, environment, isStarted, schema } = context
  if (environment === 'production') {
    throw new AppError('FORBIDDEN', 'A production database cannot be reset (KOYALITE_ENV is production).')
  }
  if (isStarted) {
    throw new AppError(
      'FORBIDDEN',
      'A database served by koyalite start cannot be reset, whatever KOYALITE_ENV says. Stop the server first, or use koyalite dev. To go back to an earlier state: koyalite db restore <backup>.',
    )
  }
  const isFile = context.databasePath !== ':memory:'
  const made: { backup: FoundBackup | null } = { backup: null }
  const before = async () => {
    if (isFile) made.backup = await createBackup(context, { prefix: 'before-reset' })
  }
  const tables = [...schema.collections.values()].map(({ table }) => table)
  const { value: documents } = await database.migrate(
    (tx) => {
      const removed = emptyTables(tx, tables)
      context.audit.record(tx, {
        event: 'database.reset',
        outcome: 'success',
        ...auditedActor(actor),
        details: { documents: removed, backup: made.backup?.path ?? null },
      })
      return removed
    },
    { before },
  )
  const epoch = await database.newEpoch()
  context.auth.invalidateAll()
  return { documents, backup: made.backup, epoch }
}
