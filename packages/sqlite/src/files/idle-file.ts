import type { KeptRows, SqlValue } from '@koyalite/contracts'
import { isSqliteFailure } from '../driver/sqlite-error'
import type { CopyWithKey } from './copy-with-key'
import { DatabaseKeyError, requireKeyKind } from './database-key'
import { type MaintenanceValue, type MaintenanceWork, takeMaintenanceThread } from './maintenance'

/** What reading every page of a database file showed. */
export interface Examination {
  /** What is wrong with its structure, in SQLite's words; empty where nothing is. */
  readonly integrity: readonly string[]
  /** The first references that lead nowhere. */
  readonly references: readonly string[]
  /** Null: no KoyaLite has ever opened it. */
  readonly epoch: string | null
  /** The last change that it has. */
  readonly seq: number
}

/** Reads every page of a file that nobody uses, on a thread of its own. Throws DatabaseKeyError, or the driver's error if it is not a database. */
export async function examineFile(path: string, key?: string): Promise<Examination> {
  return (await onThread({ path, key }, { type: 'examine', path, key })) as Examination
}

export interface Settle {
  readonly path: string
  readonly key: string | undefined
  readonly newEpoch: boolean
  /** What the database says of itself from then on, by name. */
  readonly meta: Readonly<Record<string, string>>
  /** What some of its tables have from then on, in one transaction; a table comes after those that it refers to. */
  readonly contents: readonly TableContents[]
}

/** Rows of a table as they are to be, instead of those that `where` selects. A table or column that the file does not have is left out. */
export interface TableContents extends KeptRows {
  readonly rows: readonly Readonly<Record<string, SqlValue>>[]
}

/**
 * Makes a file that nobody uses one clean file without a WAL. With `newEpoch` its next opening begins a new epoch: for a copy whose sequence numbers were
 * given to other changes since.
 */
export async function settleFile(
  path: string,
  options: { readonly key?: string } & Partial<Pick<Settle, 'newEpoch' | 'meta' | 'contents'>>,
): Promise<void> {
  const { key, newEpoch = false, meta = {}, contents = [] } = options
  await onThread({ path, key }, { type: 'settle', path, key, newEpoch, meta, contents })
}

/** Copies a file that nobody uses to a new one under another key (or none), and verifies the copy. SPEC.md, section K. */
export async function recodeFile(copy: CopyWithKey): Promise<void> {
  await onThread({ path: copy.from, key: copy.key }, { type: 'copy', ...copy })
}

async function onThread(
  { path, key }: { readonly path: string; readonly key: string | undefined },
  work: MaintenanceWork,
): Promise<MaintenanceValue> {
  requireKeyKind(path, key)
  const thread = takeMaintenanceThread()
  try {
    return await thread.ask(work)
  } catch (error) {
    throw keyErrorOf(error, path, key)
  } finally {
    thread.release()
  }
}

/** The driver tells a wrong key by what it reads: not a database. */
export function keyErrorOf(error: unknown, path: string, key: string | undefined): unknown {
  const wrongKey = key !== undefined && isSqliteFailure(error) && error.code === 'SQLITE_NOTADB'
  return wrongKey ? new DatabaseKeyError(path, 'key_wrong') : error
}
