import type { ServiceTables, Tx } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'

/** How many of its steps each service has run in this database. */
const VERSIONS_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_versions" (
  "service" TEXT PRIMARY KEY NOT NULL,
  "version" INTEGER NOT NULL,
  "upgraded_at" TEXT NOT NULL
) STRICT, WITHOUT ROWID`

type Reads = Pick<Database, 'get'> | Pick<Tx, 'get'>

/** Runs the steps that this database has not seen, and records them; all in the caller's transaction. Throws where it is newer than they are. */
export function upgradeTables(tx: Tx, services: readonly ServiceTables[]): void {
  const problem = newerTablesProblem(tx, services)
  if (problem !== null) throw new Error(problem)
  tx.exec(VERSIONS_TABLE)
  for (const { service, steps } of services) {
    const version = versionOf(tx, service)
    if (version === steps.length) continue
    for (const statement of steps.slice(version).flat()) tx.exec(statement)
    const text = `INSERT OR REPLACE INTO "_koyalite_versions" VALUES (?, ?, ?)`
    tx.run({ text, params: [service, steps.length, new Date().toISOString()] })
  }
}

export function isUpToDate(reads: Reads, services: readonly ServiceTables[]): boolean {
  return hasVersions(reads) && services.every(({ service, steps }) => versionOf(reads, service) === steps.length)
}

/** Why the steps that are known here are too few for a database; null where they are not. */
export function newerTablesProblem(reads: Reads, services: readonly ServiceTables[]): string | null {
  if (!hasVersions(reads)) return null
  const newer = services.filter(({ service, steps }) => versionOf(reads, service) > steps.length)
  if (newer.length === 0) return null
  const names = newer.map(({ service, steps }) => `${service} ${versionOf(reads, service)} instead of ${steps.length}`)
  return `this database was written by a newer version of KoyaLite (${names.join(', ')}): use that version or a later one, or restore a backup from before the upgrade`
}

/** A database from before versions were recorded has none. */
function hasVersions(reads: Reads): boolean {
  return (
    reads.get({ text: `SELECT 1 FROM sqlite_schema WHERE "name" = '_koyalite_versions'`, params: [] }) !== undefined
  )
}

function versionOf(reads: Reads, service: string): number {
  const row = reads.get({ text: `SELECT "version" FROM "_koyalite_versions" WHERE "service" = ?`, params: [service] })
  return Number(row?.[0] ?? 0)
}
