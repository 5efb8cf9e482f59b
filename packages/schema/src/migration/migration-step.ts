/**
 * What a migration does, in order, all in one transaction with foreign keys unenforced. A `check` must give no row: otherwise the
 * migration fails with its message and everything is as before. Whoever runs it verifies all references before the commit
 * (PRAGMA foreign_key_check), and puts the triggers of the change log on every table that lost or outgrew its own.
 */
export type MigrationStep =
  | { readonly kind: 'sql'; readonly text: string }
  | {
      readonly kind: 'check'
      readonly text: string
      readonly message: string
      /** What the columns of its first row are called, which is then an example for the message. */
      readonly shows?: readonly string[]
      /** The index that the documents do not meet. */
      readonly index?: string
    }

/** A trigger or index that the schema does not know, as `sqlite_schema` has it: a rebuild of its table makes it again. */
export interface KeptObject {
  readonly type: 'trigger' | 'index'
  readonly name: string
  readonly table: string
  readonly sql: string
}

/** What to say of a check that has failed: its message, with the first row that it gave. */
export function checkFailure(step: MigrationStep & { kind: 'check' }, row: readonly unknown[]): string {
  const example = (step.shows ?? []).map((name, i) => `${name} ${showValue(row[i])}`).join(', ')
  return example === '' ? step.message : `${step.message} (for example ${example})`
}

function showValue(value: unknown): string {
  if (value instanceof Uint8Array) return `a blob of ${value.length} bytes`
  const text = typeof value === 'string' ? `'${value}'` : String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

/**
 * One part of a plan, to be planned when it is run: with what the tables have then, since the parts before it may have renamed what is to be kept.
 */
export type PlanPart = (keep: readonly KeptObject[]) => readonly MigrationStep[]

export function sqlStep(text: string): MigrationStep {
  return { kind: 'sql', text }
}
