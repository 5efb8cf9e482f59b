import type { Reads, ServiceTables, Tx } from '@koyalite/contracts'
import { CREATE_SPLITS } from './function-splits'

/** The versions of functions, and those that were chosen to serve. What there is for introspection is in `_koyalite_functions`: see packages/schema. */
export const FUNCTIONS_TABLES: ServiceTables = {
  service: 'functions',
  steps: [
    [
      `CREATE TABLE IF NOT EXISTS "_koyalite_function_pins" (
  "function" TEXT NOT NULL PRIMARY KEY,
  "version" INTEGER NOT NULL,
  "instead_of" TEXT NOT NULL
) STRICT, WITHOUT ROWID`,
      `CREATE TABLE IF NOT EXISTS "_koyalite_function_versions" (
  "function" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "hash" TEXT NOT NULL,
  "code_hash" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "config" TEXT NOT NULL,
  "input" TEXT NOT NULL,
  "output" TEXT NOT NULL,
  "created_at" TEXT NOT NULL,
  PRIMARY KEY ("function", "version")
) STRICT, WITHOUT ROWID`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_function_versions_by_hash" ON "_koyalite_function_versions" ("function", "hash")`,
    ],
    CREATE_SPLITS,
  ],
}

/** A version, as it described itself when it was first loaded. */
export interface StoredVersion {
  readonly function: string
  readonly version: number
  /** Of its code and of its manifest file. */
  readonly hash: string
  /** Of its code alone: the name of its file. */
  readonly codeHash: string
  readonly kind: 'typed' | 'raw'
  /** The manifest that is in the code; null where there is none. */
  readonly config: unknown
  readonly input: unknown
  readonly output: unknown
  /** RFC 3339. */
  readonly createdAt: string
}

/** What serves, for `_koyalite_functions`. */
export interface ServingFunction {
  readonly name: string
  readonly runtime: string
  readonly isolation: string
  readonly access: string | null
  /** What is known of it besides. */
  readonly manifest: Readonly<Record<string, unknown>>
}

/** A version that was chosen to serve. */
export interface Pin {
  readonly version: number
  /** Hash of what is in the folder, for as long as that is so. */
  readonly insteadOf: string
}

const COLUMNS = '"function", "version", "hash", "code_hash", "kind", "config", "input", "output", "created_at"'

/** The newest first. */
export function listVersions(reads: Reads, name: string): readonly StoredVersion[] {
  const text = `SELECT ${COLUMNS} FROM "_koyalite_function_versions" WHERE "function" = ? ORDER BY "version" DESC`
  return reads.all({ text, params: [name] }).map(toVersion)
}

export function findVersion(reads: Reads, name: string, version: number): StoredVersion | null {
  const text = `SELECT ${COLUMNS} FROM "_koyalite_function_versions" WHERE "function" = ? AND "version" = ?`
  const row = reads.get({ text, params: [name, version] })
  return row === undefined ? null : toVersion(row)
}

export function findVersionByHash(reads: Reads, name: string, hash: string): StoredVersion | null {
  const text = `SELECT ${COLUMNS} FROM "_koyalite_function_versions" WHERE "function" = ? AND "hash" = ?`
  const row = reads.get({ text, params: [name, hash] })
  return row === undefined ? null : toVersion(row)
}

/** Stores the next version; the oldest beyond `keep` go. Returns its number, and the hashes of code that no version has any more. */
export function addVersion(
  tx: Tx,
  added: Omit<StoredVersion, 'version'>,
  keep: number,
): { readonly version: number; readonly dropped: readonly string[] } {
  const last = tx.get({
    text: `SELECT max("version") FROM "_koyalite_function_versions" WHERE "function" = ?`,
    params: [added.function],
  })
  const version = Number(last?.[0] ?? 0) + 1
  tx.run({
    text: `INSERT INTO "_koyalite_function_versions" (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    params: [
      ...[added.function, version, added.hash, added.codeHash, added.kind],
      ...[JSON.stringify(added.config), JSON.stringify(added.input), JSON.stringify(added.output), added.createdAt],
    ],
  })
  const dropped = listVersions(tx, added.function).slice(keep)
  for (const old of dropped) {
    tx.run({
      text: `DELETE FROM "_koyalite_function_versions" WHERE "function" = ? AND "version" = ?`,
      params: [old.function, old.version],
    })
  }
  const isUsed = (codeHash: string) =>
    tx.get({ text: `SELECT 1 FROM "_koyalite_function_versions" WHERE "code_hash" = ?`, params: [codeHash] }) !==
    undefined
  return { version, dropped: dropped.map(({ codeHash }) => codeHash).filter((codeHash) => !isUsed(codeHash)) }
}

/** What serves from now on. */
export function putFunction(
  tx: Tx,
  { name, runtime, isolation, access, manifest }: ServingFunction,
  now: string,
): void {
  tx.run({
    text: `INSERT INTO "_koyalite_functions" ("name", "runtime", "isolation", "access", "manifest", "updated_at") VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT ("name") DO UPDATE SET "runtime" = excluded."runtime", "isolation" = excluded."isolation", "access" = excluded."access",
        "manifest" = excluded."manifest", "updated_at" = excluded."updated_at"`,
    params: [name, runtime, isolation, access, JSON.stringify(manifest), now],
  })
}

/** Those that are not among `names` are gone. */
export function removeFunctionsBut(tx: Tx, names: readonly string[]): void {
  tx.run({
    text: `DELETE FROM "_koyalite_functions" WHERE "name" NOT IN (SELECT "value" FROM json_each(?))`,
    params: [JSON.stringify(names)],
  })
}

export function findPin(reads: Reads, name: string): Pin | null {
  const text = `SELECT "version", "instead_of" FROM "_koyalite_function_pins" WHERE "function" = ?`
  const row = reads.get({ text, params: [name] })
  return row === undefined ? null : { version: Number(row[0]), insteadOf: String(row[1]) }
}

export function putPin(tx: Tx, name: string, { version, insteadOf }: Pin): void {
  tx.run({
    text: `INSERT INTO "_koyalite_function_pins" ("function", "version", "instead_of") VALUES (?, ?, ?)
      ON CONFLICT ("function") DO UPDATE SET "version" = excluded."version", "instead_of" = excluded."instead_of"`,
    params: [name, version, insteadOf],
  })
}

export function removePin(tx: Tx, name: string): void {
  tx.run({ text: `DELETE FROM "_koyalite_function_pins" WHERE "function" = ?`, params: [name] })
}

function toVersion([
  name,
  version,
  hash,
  codeHash,
  kind,
  config,
  input,
  output,
  createdAt,
]: readonly unknown[]): StoredVersion {
  return {
    function: String(name),
    version: Number(version),
    hash: String(hash),
    codeHash: String(codeHash),
    kind: kind === 'raw' ? 'raw' : 'typed',
    config: JSON.parse(String(config)),
    input: JSON.parse(String(input)),
    output: JSON.parse(String(output)),
    createdAt: String(createdAt),
  }
}
