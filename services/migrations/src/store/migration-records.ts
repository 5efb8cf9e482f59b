import type { Tx } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'

/** A migration that was applied, as `_koyalite_migrations` has it. */
export interface MigrationRecord {
  readonly version: number
  readonly name: string
  readonly description: string | null
  readonly checksum: string
  /** The text of its file. */
  readonly source: string
  /** Stored schemas; empty where the migration was never run, since the database was made after it. */
  readonly schemaBefore: string
  readonly schemaAfter: string
  readonly snapshot: string | null
  readonly appliedAt: string
  readonly durationMs: number
}

const COLUMNS = `"version", "name", "description", "checksum", "source", "schema_before", "schema_after", "snapshot", "applied_at", "duration_ms"`

/** All of them, the first one first. */
export function readRecords(source: Pick<Database, 'all'> | Pick<Tx, 'all'>): readonly MigrationRecord[] {
  const known = source.all({
    text: `SELECT 1 FROM sqlite_schema WHERE "name" = '_koyalite_migrations'`,
    params: [],
  })
  if (known.length === 0) return []
  const rows = source.all({ text: `SELECT ${COLUMNS} FROM "_koyalite_migrations" ORDER BY "version"`, params: [] })
  return rows.map(
    ([
      version,
      name,
      description,
      checksum,
      text,
      before,
      after,
      snapshot,
      appliedAt,
      durationMs,
    ]): MigrationRecord => ({
      version: Number(version),
      name: String(name),
      description: description === null ? null : String(description),
      checksum: String(checksum),
      source: String(text),
      schemaBefore: String(before),
      schemaAfter: String(after),
      snapshot: snapshot === null ? null : String(snapshot),
      appliedAt: String(appliedAt),
      durationMs: Number(durationMs),
    }),
  )
}

export function insertRecord(tx: Tx, record: MigrationRecord): void {
  const { version, name, description, checksum, source, schemaBefore, schemaAfter, snapshot, appliedAt, durationMs } =
    record
  tx.run({
    text: `INSERT INTO "_koyalite_migrations" (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    params: [
      ...[version, name, description, checksum, source],
      ...[schemaBefore, schemaAfter, snapshot, appliedAt, durationMs],
    ],
  })
}

export function deleteRecord(tx: Tx, version: number): void {
  tx.run({ text: `DELETE FROM "_koyalite_migrations" WHERE "version" = ?`, params: [version] })
}
