import { type Difference, lossesOf, runsOwnSql, type Schema } from '@koyalite/schema'
import type { MigrationsContext } from '../migrations-context'
import { reasonOf, StepFailed } from '../store/run-steps'
import { createSystemTables, hasSystemTables, isCurrent } from '../store/system-tables'
import { type AppliedMigration, applyFile } from './apply-file'
import { applySchema, servedSchema } from './apply-schema'
import { type PendingFile, planPending } from './plan-pending'

interface Done {
  /** What the tables are now, and so what can be served. */
  readonly schema: Schema
  /** The files that were applied. */
  readonly migrations: readonly AppliedMigration[]
}

/** What was not done. `files` are those that are still to be applied. */
interface NotDone extends Done {
  readonly files: readonly string[]
}

export type UpToDate =
  /** The tables are as schema.yaml says; `changes` has a line for each thing that came by itself. */
  | (Done & { readonly kind: 'applied'; readonly changes: readonly string[] })
  /** Differences that could lose or refuse data, and that no file covers: nothing was done. */
  | (NotDone & { readonly kind: 'held_back'; readonly differences: readonly Difference[] })
  /** Drafts that would lose data, and that nobody has confirmed: nothing was done. */
  | (NotDone & { readonly kind: 'unconfirmed'; readonly drafts: readonly UnconfirmedDraft[] })
  /** A file is wrong, or does not fit the documents: nothing of it was done. */
  | (NotDone & { readonly kind: 'failed'; readonly problems: readonly string[] })
  /** There are files to be applied, and this was not to be done. */
  | (NotDone & { readonly kind: 'pending' })

export interface UnconfirmedDraft {
  readonly file: string
  /** In words; empty for one that only says that it waits (`confirm: false`). */
  readonly losses: readonly string[]
}

/** `migrations/003_x.yaml loses the values of posts.title` */
export function unconfirmedReason({ file, losses }: UnconfirmedDraft): string {
  return losses.length === 0 ? `${file} has confirm: false` : `${file} loses ${losses.join(', ')}`
}

/** What becomes of migration files: none is applied, those that wait for nobody, or all, since somebody has confirmed them. */
export type FilesToApply = 'none' | 'confirmed' | 'all'

/**
 * Applies the migration files that are still to be applied, each in a transaction of its own, and then what comes by itself. Nothing is begun if something
 * would be held back at the end.
 */
export async function bringUpToDate(context: MigrationsContext, files: FilesToApply = 'confirmed'): Promise<UpToDate> {
  const { database, schema, systemTables } = context
  const plan = planPending(context)
  const nothing = { schema: plan.stored ?? schema, migrations: [], files: plan.files }
  if (!plan.ok) return { kind: 'failed', problems: plan.problems, ...nothing }
  if (plan.pending.length === 0 && isCurrent(database, schema, systemTables)) {
    return { kind: 'applied', changes: [], schema, migrations: [] }
  }
  const held = plan.rest.filter(({ kind }) => kind === 'destructive')
  if (held.length > 0) return { kind: 'held_back', differences: held, ...nothing }
  if (plan.pending.length > 0 && files === 'none') return { kind: 'pending', ...nothing }
  const drafts = plan.pending.filter(({ migration }) => migration.waits)
  if (drafts.length > 0 && files !== 'all') {
    return { kind: 'unconfirmed', drafts: drafts.map(unconfirmed), ...nothing }
  }
  const { elsewhere } = context
  if (
    elsewhere &&
    (elsewhere.isWorthwhile(database, plan.rest.length) || plan.pending.some(({ migration }) => runsOwnSql(migration)))
  ) {
    return elsewhere.run(context, { kind: 'bring_up_to_date', files })
  }
  const migrations: AppliedMigration[] = []
  for (const [i, file] of plan.pending.entries()) {
    const following = plan.pending.slice(i + 1).map(({ migration }) => migration)
    try {
      migrations.push(await applyFile(context, file, { following, destroys: plan.plans[i]?.destroys ?? true }))
    } catch (error) {
      if (!(error instanceof StepFailed) && !isOfMigration(error)) throw error
      const problem = `${file.file} failed and was rolled back: ${reasonOf(error)}`
      const left = plan.pending.slice(i).map((pending) => pending.file)
      return { kind: 'failed', problems: [problem], schema: servedSchema(context), migrations, files: left }
    }
  }
  const rest = await applySchema(context)
  if (rest.kind === 'applied') return { ...rest, schema, migrations }
  return { ...rest, schema: servedSchema(context), migrations, files: [] }
}

function unconfirmed({ file, migration }: PendingFile): UnconfirmedDraft {
  return { file, losses: lossesOf(migration.operations) }
}

/** Makes the services' own tables what they are in this version, and leaves the schema alone. */
export async function ensureSystemTables(context: MigrationsContext): Promise<void> {
  const { database, systemTables } = context
  if (hasSystemTables(database, systemTables)) return
  await database.migrate((tx) => {
    createSystemTables(tx, systemTables)
  })
}

/** References that would break, or a statement that ends the transaction: the migration's fault, noticed by the database. */
function isOfMigration(error: unknown): boolean {
  return error instanceof Error && /^(the migration would|a statement ended)/.test(error.message)
}
