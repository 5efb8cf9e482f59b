/** A database file of another program, as SQLite describes it. */
export interface ForeignDatabase {
  readonly tables: readonly ForeignTable[]
  readonly views: readonly string[]
  readonly triggers: readonly { readonly name: string; readonly table: string }[]
  /** What is wrong with the file itself; empty where nothing is. */
  readonly damage: readonly string[]
}

export interface ForeignTable {
  readonly name: string
  /** `virtual`: kept by a module (full text, …); `shadow`: a table that belongs to such a one. */
  readonly kind: 'table' | 'virtual' | 'shadow'
  readonly autoincrement: boolean
  readonly withoutRowid: boolean
  readonly rows: number
  /** Rows that refer to nothing. */
  readonly brokenReferences: number
  readonly columns: readonly ForeignColumn[]
  readonly references: readonly ForeignReference[]
  readonly indexes: readonly ForeignIndex[]
  /** What its statement has besides columns, keys and references. */
  readonly clauses: readonly ('CHECK' | 'COLLATE' | 'ON CONFLICT')[]
  /** Why rows cannot be read or written here, in SQLite's words: its program brings functions or collations of its own. Null where they can. */
  readonly unreadable: string | null
  readonly unwritable: string | null
}

export interface ForeignColumn {
  readonly name: string
  /** The type as it was declared; empty where none was. */
  readonly declared: string
  readonly notNull: boolean
  /** SQL. */
  readonly default: string | null
  /** Place in the primary key, from 1; 0 outside of it. */
  readonly key: number
  readonly generated: boolean
  /** How it compares text, where that is not byte by byte: NOCASE, RTRIM, or something of its own program. */
  readonly collation: string | null
  /** Why its values cannot be compared here, in SQLite's words; null where they can. */
  readonly incomparable: string | null
  readonly values: ForeignValues
}

/** How many values of a column are what. SQLite keeps any type in any column, whatever was declared. */
export interface ForeignValues {
  readonly nulls: number
  readonly integers: number
  readonly reals: number
  readonly texts: number
  readonly blobs: number
  /** Integers 0 and 1. */
  readonly bits: number
  /** Integers beyond ±(2^53 − 1). */
  readonly beyondSafe: number
  /** Texts and numbers that are valid JSON: a column that is declared JSON makes numbers of what looks like one. */
  readonly json: number
  /** Texts of the form `2024-05-06T07:08:09.123Z`, and a real date. */
  readonly timestamps: number
  /** Texts of the form `2024-05-06`, and a real day. */
  readonly dates: number
  /** Texts that are UUIDs in lower case. */
  readonly uuids: number
  /** Texts that are in lower case, have an @ with something on each side, and no blanks. */
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
  /** Made by CREATE INDEX, a UNIQUE constraint, or the primary key. */
  readonly origin: 'index' | 'unique' | 'primary_key'
  readonly partial: boolean
  /** Null: an expression. */
  readonly columns: readonly { readonly name: string | null; readonly descending: boolean }[]
}
