/** A database of another program, as far as a schema is made of it. The database package gives more. */
export interface ForeignDatabase {
  readonly tables: readonly ForeignTable[]
  readonly views: readonly string[]
  readonly triggers: readonly { readonly name: string; readonly table: string }[]
}

export interface ForeignTable {
  readonly name: string
  readonly kind: 'table' | 'virtual' | 'shadow'
  readonly autoincrement: boolean
  readonly withoutRowid: boolean
  readonly rows: number
  /** Rows that refer to nothing. */
  readonly brokenReferences: number
  readonly columns: readonly ForeignColumn[]
  readonly references: readonly ForeignReference[]
  readonly indexes: readonly ForeignIndex[]
}

export interface ForeignColumn {
  readonly name: string
  readonly declared: string
  readonly notNull: boolean
  /** SQL. */
  readonly default: string | null
  /** Place in the primary key, from 1; 0 outside of it. */
  readonly key: number
  readonly generated: boolean
  readonly values: ForeignValues
}

/** How many values of a column are what. */
export interface ForeignValues {
  readonly nulls: number
  readonly integers: number
  readonly reals: number
  readonly texts: number
  readonly blobs: number
  readonly bits: number
  readonly beyondSafe: number
  readonly json: number
  readonly timestamps: number
  readonly uuids: number
  readonly addresses: number
}

export interface ForeignReference {
  readonly columns: readonly string[]
  readonly table: string
  /** Null: the primary key. */
  readonly to: readonly (string | null)[]
  readonly onDelete: string
  readonly onUpdate: string
}

export interface ForeignIndex {
  readonly name: string
  readonly unique: boolean
  readonly origin: 'index' | 'unique' | 'primary_key'
  readonly partial: boolean
  /** Null: an expression. */
  readonly columns: readonly { readonly name: string | null; readonly descending: boolean }[]
}
