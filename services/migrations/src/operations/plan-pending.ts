import {
  type Difference,
  diffSchemas,
  formatProblem,
  type Migration,
  type MigrationFilePlan,
  planPendingMigrations,
  type Schema,
} from '@koyalite/schema'
import type { MigrationFile } from '../migration-files'
import type { PlanContext } from '../migrations-context'
import { type MigrationRecord, readRecords } from '../store/migration-records'
import { storedSchema } from '../store/system-tables'

/** A file that is still to be applied. */
export interface PendingFile extends MigrationFile {
  readonly migration: Migration
}

export type PendingPlan = {
  /** The names of all files that are still to be applied, also of those with mistakes. */
  readonly files: readonly string[]
} & (
  | {
      readonly ok: true
      /** The schema that the tables have; null in a database without any. */
      readonly stored: Schema | null
      readonly pending: readonly PendingFile[]
      readonly plans: readonly MigrationFilePlan[]
      /** The schema after all pending files. */
      readonly end: Schema | null
      /** What no file covers: the additive part comes by itself, the rest is held back. */
      readonly rest: readonly Difference[]
    }
  | { readonly ok: false; readonly stored: Schema | null; readonly problems: readonly string[] }
)

/** What is still to be done, without doing it. */
export function planPending(context: PlanContext): PendingPlan {
  const { database, schema, files, problems: ofSchema = [] } = context
  const stored = storedSchema(database)
  const records = readRecords(database)
  const problems = [
    ...ofSchema,
    ...changedFiles(files, records),
    ...files.filter(isPending(records)).flatMap((file) => file.problems),
  ]
  // A new database has what its files say.
  const left = stored ? files.filter(isLeft(records)).map(({ file }) => file) : []
  if (problems.length > 0) return { ok: false, stored, problems, files: left }
  if (!stored) return { ok: true, stored, pending: [], plans: [], end: null, rest: [], files: left }
  const pending = pendingFiles(files, records)
  const planned = planPendingMigrations(
    pending.map(({ migration }) => migration),
    { from: stored, to: schema },
  )
  if (!planned.ok) return { ok: false, stored, problems: planned.problems.map(formatProblem), files: left }
  const end = planned.plans.at(-1)?.after ?? stored
  return { ok: true, stored, pending, plans: planned.plans, end, rest: diffSchemas(end, schema), files: left }
}

/** What an applied file says is history, also where it could not be applied today. */
function isPending(records: readonly MigrationRecord[]): (file: MigrationFile) => boolean {
  const applied = new Set(records.map(({ version, checksum }) => `${version} ${checksum}`))
  return ({ version, checksum }) => !applied.has(`${version} ${checksum}`)
}

function pendingFiles(files: readonly MigrationFile[], records: readonly MigrationRecord[]): readonly PendingFile[] {
  return files.filter(isLeft(records)).flatMap(({ migration, ...file }) => (migration ? [{ ...file, migration }] : []))
}

function isLeft(records: readonly MigrationRecord[]): (file: MigrationFile) => boolean {
  const applied = new Set(records.map(({ version }) => version))
  return ({ version }) => !applied.has(version)
}

/** What was applied is history: a file that says something else now would be believed and is not true. */
function changedFiles(files: readonly MigrationFile[], records: readonly MigrationRecord[]): readonly string[] {
  return files.flatMap(({ file, version, checksum }) => {
    const record = records.find((candidate) => candidate.version === version)
    if (!record || record.checksum === checksum) return []
    return [
      `${file} was changed after it was applied (${record.appliedAt.slice(0, 10)}): restore it and create a new migration, or roll it back first with 'koyalite migrate rollback'`,
    ]
  })
}
