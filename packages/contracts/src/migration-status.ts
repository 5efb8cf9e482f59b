/** One migration, in the file, in the database, or in both. */
export interface MigrationState {
  readonly version: number
  readonly name: string
  readonly description: string | null
  /**
   * `draft`: pending, and it loses data that nobody has confirmed to be lost. `missing`: applied, and its file is gone. `changed`: applied, and its file says
   * something else now.
   */
  readonly state: 'applied' | 'pending' | 'draft' | 'changed' | 'missing' | 'invalid'
  readonly file: string | null
  readonly applied_at: string | null
  readonly snapshot: string | null
  /** It drops or replaces values. Null where that is not known. */
  readonly destroys: boolean | null
  /** Whether it can be rolled back; null where that is not known. */
  readonly reversible: boolean | null
  /** Why it cannot, or what is lost even so. */
  readonly remarks: readonly string[]
}

/** Something that schema.yaml asks for and no migration file covers. */
export interface OpenChange {
  readonly change: string
  /** Applied by itself, without a file. */
  readonly automatic: boolean
  readonly reason: string | null
  /** What it may be in truth. */
  readonly hint: string | null
}

export interface MigrationStatus {
  /** The tables are as schema.yaml says. */
  readonly up_to_date: boolean
  readonly migrations: readonly MigrationState[]
  readonly changes: readonly OpenChange[]
  readonly problems: readonly string[]
}
