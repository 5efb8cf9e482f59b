/**
 * What a migration does, in order, all in one transaction with foreign keys unenforced. A `check` must give no row: otherwise the
 * migration fails with its message and everything is as before. Whoever runs it verifies all references before the commit
 * (PRAGMA foreign_key_check), and puts the triggers of the change log on every table anew.
 */
export type MigrationStep =
  | { readonly kind: 'sql'; readonly text: string }
  | { readonly kind: 'check'; readonly text: string; readonly message: string }

/** A trigger or index that the schema does not know, as `sqlite_schema` has it: a rebuild of its table makes it again. */
export interface KeptObject {
  readonly type: 'trigger' | 'index'
  readonly name: string
  readonly table: string
  readonly sql: string
}

export function sqlStep(text: string): MigrationStep {
  return { kind: 'sql', text }
}
