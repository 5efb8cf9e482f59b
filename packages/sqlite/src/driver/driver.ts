/**
 * The native SQLite library, and the one place that loads it.
 *
 * The package's main entry finds its binary in the file system at run time, which an executable made by `bun build --compile`
 * cannot do. Its entries per platform require the binary statically; the bundler folds `process.platform` and `process.arch`
 * for the target and so embeds that one file.
 *
 * There must be one copy of the library in the process: two copies would each keep their own list of POSIX locks, and closing a
 * file in one would drop the locks of the other. Bun extracts an embedded library once, under a name made of its content, so
 * the threads share it; a thread verifies that before it opens a database.
 */
import { readFileSync } from 'node:fs'
import type { Row, SqlValue } from '@koyalite/contracts'

export interface Statement {
  readonly source: string
  /** The statement returns rows. */
  readonly reader: boolean
  readonly readonly: boolean
  run(params: readonly SqlValue[]): RunResult
  get(params: readonly SqlValue[]): Row | undefined
  all(params: readonly SqlValue[]): Row[]
  iterate(params: readonly SqlValue[]): IterableIterator<Row>
  raw(on: boolean): Statement
  /** Integers come as bigint, whatever their size. */
  safeIntegers(on: boolean): Statement
  columns(): StatementColumn[]
}

export interface StatementColumn {
  readonly name: string
  /** The column of a table that it shows as it is; null where it is computed. */
  readonly column: string | null
  readonly table: string | null
}

export type { Row } from '@koyalite/contracts'

export interface RunResult {
  /** Rows that the statement itself changed, not counting triggers and cascades. */
  readonly changes: number
  readonly lastInsertRowid: number | bigint
}

/** What we use of a connection of the driver. */
export interface Connection {
  readonly name: string
  readonly open: boolean
  readonly inTransaction: boolean
  prepare(sql: string): Statement
  exec(sql: string): unknown
  pragma(sql: string, options?: { simple?: boolean }): unknown
  key(key: Buffer): number
  /** Allows what SQLite forbids for safety: writing to the schema, and to the tables of virtual ones. */
  unsafeMode(on: boolean): unknown
  function(
    name: string,
    options: { deterministic?: boolean; directOnly?: boolean; varargs?: boolean },
    fn: (...args: SqlValue[]) => SqlValue,
  ): unknown
  /** Copies the database to a new file, page by page, in one state. */
  backup(to: string): Promise<unknown>
  close(): unknown
}

export interface Driver {
  new (path: string, options: { readonly?: boolean; fileMustExist?: boolean; timeout?: number }): Connection
}

/** Replaced by the bundler (`--define KOYALITE_MUSL=true`) when it builds for musl; absent when running from source. */
declare const KOYALITE_MUSL: boolean | undefined

let loaded: Driver | undefined

/** The driver for this machine. Throws if there is no prebuilt library for it. */
export function loadDriver(): Driver {
  loaded ??= requireDriver()
  return loaded
}

/** Native libraries that this process has mapped, as `path#inode`; null where the system does not tell. */
export function mappedLibraries(): readonly string[] | null {
  if (process.platform !== 'linux') return null
  const libraries = new Set<string>()
  for (const line of readFileSync('/proc/self/maps', 'utf8').split('\n')) {
    // address permissions offset device inode path
    const [, inode, path] = /^\S+ \S+ \S+ \S+ (\d+)\s+(.+?\.node)(?: \(deleted\))?$/.exec(line) ?? []
    if (path !== undefined) libraries.add(`${path}#${inode}`)
  }
  return [...libraries]
}

/**
 * Throws if a native library is mapped twice: then the file that Bun extracted was removed while the process ran, and loading it in another thread has
 * brought a second copy with locks of its own.
 */
export function verifySingleDriver(): void {
  const paths = mappedLibraries()?.map((library) => library.slice(0, library.lastIndexOf('#'))) ?? []
  const twice = paths.find((path, index) => paths.indexOf(path) !== index)
  if (twice === undefined) return
  throw new Error(
    `${twice} was replaced while the process is running: restart it (check whether something cleans the folder for temporary files)`,
  )
}

// Static requires: the bundler must see each path, and drops the branches that the target does not take. Not those after a
// `return`, so musl and glibc are one expression.
function requireDriver(): Driver {
  if (process.platform === 'linux') {
    if (process.arch === 'x64') {
      return (
        (typeof KOYALITE_MUSL !== 'undefined' ? KOYALITE_MUSL : isMusl())
          ? require('better-sqlite3-multiple-ciphers/linuxmusl-x64')
          : require('better-sqlite3-multiple-ciphers/linux-x64')
      ) as Driver
    }
    if (process.arch === 'arm64') {
      return (
        (typeof KOYALITE_MUSL !== 'undefined' ? KOYALITE_MUSL : isMusl())
          ? require('better-sqlite3-multiple-ciphers/linuxmusl-arm64')
          : require('better-sqlite3-multiple-ciphers/linux-arm64')
      ) as Driver
    }
  }
  if (process.platform === 'darwin') {
    if (process.arch === 'x64') return require('better-sqlite3-multiple-ciphers/darwin-x64') as Driver
    if (process.arch === 'arm64') return require('better-sqlite3-multiple-ciphers/darwin-arm64') as Driver
  }
  if (process.platform === 'win32') {
    if (process.arch === 'x64') return require('better-sqlite3-multiple-ciphers/win32-x64') as Driver
    if (process.arch === 'arm64') return require('better-sqlite3-multiple-ciphers/win32-arm64') as Driver
  }
  throw new Error(`there is no SQLite library for ${process.platform}-${process.arch}`)
}

function isMusl(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
  return !report.header?.glibcVersionRuntime
}
