import { AppError, type ErrorCode } from '@koyalite/contracts'

export type ConstraintKind = 'unique' | 'primary_key' | 'foreign_key' | 'not_null' | 'check' | 'datatype' | 'trigger'

/**
 * A row that the database refused. `table` and `columns` are empty where SQLite does not name them (foreign keys, checks, unique indexes
 * on expressions). The message names neither: the caller may not be allowed to know them.
 */
export class ConstraintError extends AppError {
  readonly kind: ConstraintKind
  readonly table: string
  readonly columns: readonly string[]

  constructor(kind: ConstraintKind, cause: SqliteFailure) {
    super(CONSTRAINTS[kind].code, CONSTRAINTS[kind].message, { cause })
    const { table, columns } = namesIn(cause.message)
    this.kind = kind
    this.table = table
    this.columns = columns
  }
}

/** An error as the driver throws it: `code` is the name of the extended result code. */
export interface SqliteFailure extends Error {
  readonly code: string
}

export function isSqliteFailure(error: unknown): error is SqliteFailure {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('SQLITE_')
}

/** Another process holds the lock that was needed: trying again later may help. */
export function isBusy(error: unknown): boolean {
  return isSqliteFailure(error) && error.code.startsWith('SQLITE_BUSY')
}

/** A statement was made for tables, or columns, that are not there. */
export function isOfOtherTables(error: unknown): boolean {
  return isSqliteFailure(error) && error.code === 'SQLITE_ERROR' && /^no such (table|column): /.test(error.message)
}

/** The public error for a driver's error; anything else (wrong SQL is our bug, not the user's) comes back as it is. */
export function translateSqliteError(error: unknown): unknown {
  if (!isSqliteFailure(error)) return error
  const kind = error.message === BROKEN_REFERENCE ? 'foreign_key' : CONSTRAINT_KINDS[error.code]
  if (kind !== undefined) return new ConstraintError(kind, error)
  if (needsItsProgram(error)) return new AppError('UNAVAILABLE', NEEDS_ITS_PROGRAM, { cause: error })
  const unavailable = UNAVAILABLE.find(({ prefix }) => error.code.startsWith(prefix))
  if (unavailable !== undefined) return new AppError('UNAVAILABLE', unavailable.message, { cause: error })
  return error
}

/** What to write into the log about a failure, and what the operator may do; null for an ordinary error. */
export function adviceFor(error: unknown): string | null {
  const cause = error instanceof AppError ? error.cause : error
  if (!isSqliteFailure(cause)) return null
  return UNAVAILABLE.find(({ prefix }) => cause.code.startsWith(prefix))?.advice ?? null
}

/** Triggers, checks, indexes and columns of an adopted table may call what only the program has that made them. */
function needsItsProgram({ code, message }: SqliteFailure): boolean {
  return (
    code === 'SQLITE_ERROR_MISSING_COLLSEQ' ||
    (code.startsWith('SQLITE_ERROR') && /^(no such|unknown) (function|collation sequence|module)\b/.test(message))
  )
}

const NEEDS_ITS_PROGRAM = 'the table needs functions or collations of the program that created it'

const CONSTRAINTS: Readonly<Record<ConstraintKind, { readonly code: ErrorCode; readonly message: string }>> = {
  unique: { code: 'CONFLICT', message: 'a value that must be unique is already taken' },
  primary_key: { code: 'CONFLICT', message: 'a document with this key already exists' },
  foreign_key: { code: 'CONFLICT', message: 'a reference would point to a document that does not exist' },
  not_null: { code: 'VALIDATION_ERROR', message: 'a required value is missing' },
  check: { code: 'VALIDATION_ERROR', message: 'a value is not allowed' },
  datatype: { code: 'VALIDATION_ERROR', message: 'a value has the wrong type' },
  trigger: { code: 'CONFLICT', message: 'the database rejected the change' },
}

/** For ON DELETE RESTRICT SQLite reports the code of triggers, with the message of references. */
const BROKEN_REFERENCE = 'FOREIGN KEY constraint failed'

const CONSTRAINT_KINDS: Readonly<Record<string, ConstraintKind>> = {
  SQLITE_CONSTRAINT_UNIQUE: 'unique',
  SQLITE_CONSTRAINT_PRIMARYKEY: 'primary_key',
  SQLITE_CONSTRAINT_ROWID: 'primary_key',
  SQLITE_CONSTRAINT_FOREIGNKEY: 'foreign_key',
  SQLITE_CONSTRAINT_NOTNULL: 'not_null',
  SQLITE_CONSTRAINT_CHECK: 'check',
  SQLITE_CONSTRAINT_DATATYPE: 'datatype',
  SQLITE_CONSTRAINT_TRIGGER: 'trigger',
}

const UNAVAILABLE: readonly { readonly prefix: string; readonly message: string; readonly advice: string }[] = [
  {
    prefix: 'SQLITE_BUSY',
    message: 'the database is locked by another process',
    advice: 'another process has held the write lock for too long; end its transaction',
  },
  {
    prefix: 'SQLITE_FULL',
    message: 'the server cannot store anything at the moment',
    advice: 'the disk is full: free some space; no acknowledged write is lost',
  },
  {
    prefix: 'SQLITE_IOERR',
    message: 'the server cannot reach its storage',
    advice: 'reading or writing the database file failed: check the disk and the system log',
  },
  {
    prefix: 'SQLITE_READONLY',
    message: 'the server cannot store anything at the moment',
    advice: 'the database file or its folder is not writable for this user, or the file system is mounted read-only',
  },
  {
    prefix: 'SQLITE_CORRUPT',
    message: 'the server cannot read its storage',
    advice:
      'requests for the damaged part fail with 503. Run koyalite doctor; stop the server, keep a copy of the folder data/, and restore a backup: koyalite db restore <backup>',
  },
  {
    prefix: 'SQLITE_NOTADB',
    message: 'the server cannot read its storage',
    advice: 'the file is not a database, or the encryption key is wrong',
  },
  {
    prefix: 'SQLITE_CANTOPEN',
    message: 'the server cannot reach its storage',
    advice: 'the database file cannot be opened: check that its folder exists and is readable and writable',
  },
]

/** `UNIQUE constraint failed: posts.a, posts.b` → posts, [a, b]. */
function namesIn(message: string): { table: string; columns: readonly string[] } {
  const list = /^(?:UNIQUE|NOT NULL) constraint failed: (.+)$/.exec(message)?.[1]
  if (list === undefined || list.startsWith("index '")) {
    const column = /column ([^ ]+)\.([^ ]+)$/.exec(message)
    return column?.[1] && column[2] ? { table: column[1], columns: [column[2]] } : { table: '', columns: [] }
  }
  const names = list.split(', ').map((name) => name.split('.'))
  return { table: names[0]?.[0] ?? '', columns: names.map(([, column]) => column ?? '') }
}
