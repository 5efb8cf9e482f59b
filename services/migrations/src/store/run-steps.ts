import type { Tx } from '@koyalite/contracts'
import { CannotKeep, checkFailure, type MigrationStep, type PlanPart } from '@koyalite/schema'
import { storedValueFailure } from '@koyalite/schema/stored-values'
import { isSqliteFailure } from '@koyalite/sqlite'
import { preservedObjects } from './kept-objects'

/** Why a migration cannot be: documents that do not meet its checks, or SQL that fails. Thrown inside its transaction, which is so undone. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed'
  /** The indexes that documents do not meet, with the reason; empty where something else is wrong. */
  readonly indexes: ReadonlyMap<string, string>

  constructor(problems: readonly string[], indexes: ReadonlyMap<string, string>, cause?: unknown) {
    super(problems.join('; '), cause === undefined ? undefined : { cause })
    this.indexes = indexes
  }
}

/**
 * Runs the steps of a plan in their order. Throws StepFailed.
 * @param report notified of each step that may take long
 */
export function runSteps(tx: Tx, steps: readonly MigrationStep[], report?: (step: string) => void): void {
  let problems: string[] = []
  let indexes = new Map<string, string>()
  const refuse = () => {
    if (problems.length > 0) throw new StepFailed(problems, indexes)
    problems = []
    indexes = new Map()
  }
  for (const step of steps) {
    if (step.kind === 'sql') {
      refuse()
      if (step.title !== undefined) report?.(step.title)
      // One statement: SQLite refuses a text that holds another one after it.
      attempt(step.text, () => tx.run({ text: step.text, params: [] }))
      continue
    }
    if (step.kind === 'late') {
      refuse()
      runSteps(tx, planNow(tx, step.plan), report)
      continue
    }
    // Checks that stand together are all looked at, so that everything is said at once.
    report?.(step.kind === 'check' ? 'checking documents' : `checking ${step.collection.name}.${step.field.name}`)
    const problem = failureOf(tx, step)
    if (problem === undefined) continue
    problems.push(problem)
    if (step.kind === 'check' && step.index !== undefined) indexes.set(step.index, problem)
  }
  refuse()
}

function planNow(tx: Tx, plan: PlanPart): readonly MigrationStep[] {
  try {
    return plan(preservedObjects(tx))
  } catch (error) {
    throw error instanceof CannotKeep ? new StepFailed([error.message], new Map(), error) : error
  }
}

function failureOf(tx: Tx, step: Exclude<MigrationStep, { readonly kind: 'sql' | 'late' }>): string | undefined {
  if (step.kind === 'values') {
    return storedValueFailure(step, (sql) => attempt(sql.text, () => tx.all(sql)))
  }
  const rows = attempt(step.text, () => tx.all({ text: step.text, params: [] }))
  return rows.length === 0 ? undefined : checkFailure(step, rows)
}

function attempt<T>(sql: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw new StepFailed([`${reasonOf(error)} (in: ${shorten(sql)})`], new Map(), error)
  }
}

/** What SQLite said: the operator who migrates may know every name. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return isSqliteFailure(error.cause) && !(error instanceof StepFailed) ? error.cause.message : error.message
}

function shorten(sql: string): string {
  const line = sql.replace(/\s+/g, ' ').trim()
  return line.length > 100 ? `${line.slice(0, 100)}…` : line
}
