import type { AuditActor, AuditEvent, Reads, ServiceTables, SqlValue, Tx } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'

/**
 * The log, and where it begins: `anchor` is the last entry that retention has removed, or a zero hash before the first one.
 * Triggers keep anybody with SQL from changing entries, and from removing any but those before the anchor.
 */
export const AUDIT_TABLES: ServiceTables = {
  service: 'audit',
  steps: [
    [
      `CREATE TABLE IF NOT EXISTS "_koyalite_audit" (
  "seq" INTEGER PRIMARY KEY,
  "at" TEXT NOT NULL,
  "event" TEXT NOT NULL,
  "outcome" TEXT NOT NULL,
  "actor_kind" TEXT NOT NULL,
  "actor_id" TEXT,
  "target_kind" TEXT,
  "target_id" TEXT,
  "ip" TEXT,
  "entry" TEXT NOT NULL,
  "hash" TEXT NOT NULL
) STRICT`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_audit_event" ON "_koyalite_audit" ("event", "seq")`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_audit_actor" ON "_koyalite_audit" ("actor_id", "seq")`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_audit_target" ON "_koyalite_audit" ("target_id", "seq")`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_audit_at" ON "_koyalite_audit" ("at")`,
      // Only entries about documents have a collection; the others pay nothing for it.
      `CREATE INDEX IF NOT EXISTS "_koyalite_audit_collection" ON "_koyalite_audit" ("entry" ->> '$.details.collection', "seq") WHERE "event" GLOB 'document.*'`,
      `CREATE TABLE IF NOT EXISTS "_koyalite_audit_anchor" (
  "id" INTEGER PRIMARY KEY CHECK ("id" = 1),
  "seq" INTEGER NOT NULL,
  "hash" TEXT NOT NULL
) STRICT`,
      `CREATE TRIGGER IF NOT EXISTS "_koyalite_audit_no_update" BEFORE UPDATE ON "_koyalite_audit"
   BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END`,
      `CREATE TRIGGER IF NOT EXISTS "_koyalite_audit_no_delete" BEFORE DELETE ON "_koyalite_audit"
   WHEN OLD."seq" > ifnull((SELECT "seq" FROM "_koyalite_audit_anchor"), 0)
   BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END`,
      `CREATE TRIGGER IF NOT EXISTS "_koyalite_audit_anchor_forward" BEFORE UPDATE ON "_koyalite_audit_anchor" WHEN NEW."seq" < OLD."seq"
   BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END`,
      `CREATE TRIGGER IF NOT EXISTS "_koyalite_audit_anchor_stays" BEFORE DELETE ON "_koyalite_audit_anchor"
   BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END`,
    ],
  ],
  kept: [{ table: '_koyalite_audit' }, { table: '_koyalite_audit_anchor' }],
}

/** Of an entry before the first. */
export const NO_HASH = '0'.repeat(64)

/** An entry as it is kept: what was given, plus when. The keys are those of its JSON text. */
export interface AuditEntry {
  readonly seq: number
  readonly at: string
  readonly event: string
  readonly outcome: AuditEvent['outcome']
  readonly actor: AuditActor
  readonly impersonator: AuditActor | null
  readonly target: { readonly kind: string; readonly id: string | null; readonly name?: string | null } | null
  readonly ip: string | null
  readonly request_id: string | null
  readonly details: Readonly<Record<string, unknown>> | null
}

export interface ChainLink {
  readonly seq: number
  readonly hash: string
}

/** A row as it is stored: the copies of some values in columns are for finding it, `entry` is what was recorded. */
export interface StoredEntry extends ChainLink {
  readonly entry: string
  readonly columns: readonly SqlValue[]
}

/** The last link of the chain. */
export function lastLink(reads: Reads): ChainLink {
  const row = reads.get({ text: `SELECT "seq", "hash" FROM "_koyalite_audit" ORDER BY "seq" DESC LIMIT 1`, params: [] })
  return row ? { seq: row[0] as number, hash: row[1] as string } : anchor(reads)
}

/** What the first entry that is still there follows. */
export function anchor(reads: Reads): ChainLink {
  const row = reads.get({ text: `SELECT "seq", "hash" FROM "_koyalite_audit_anchor"`, params: [] })
  return row ? { seq: row[0] as number, hash: row[1] as string } : { seq: 0, hash: NO_HASH }
}

export function insertEntry(tx: Tx, entry: AuditEntry, text: string, hash: string): void {
  tx.run({
    text: `INSERT INTO "_koyalite_audit" ("seq", "at", "event", "outcome", "actor_kind", "actor_id", "target_kind", "target_id", "ip", "entry", "hash")
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    params: [entry.seq, ...columnsOf(entry), text, hash],
  })
}

/** The values that are stored beside an entry's text, in the order of the table. */
export function columnsOf(entry: AuditEntry): readonly SqlValue[] {
  const { at, event, outcome, actor, target, ip } = entry
  return [at, event, outcome, actor.kind, actor.id, target?.kind ?? null, target?.id ?? null, ip]
}

/** Entries after a number, oldest first. */
export function entriesAfter(reads: Reads, seq: number, limit: number): StoredEntry[] {
  const text = `SELECT "seq", "hash", "entry", "at", "event", "outcome", "actor_kind", "actor_id", "target_kind", "target_id", "ip"
    FROM "_koyalite_audit" WHERE "seq" > ? ORDER BY "seq" LIMIT ?`
  return reads.all({ text, params: [seq, limit] }).map((row) => ({
    seq: row[0] as number,
    hash: row[1] as string,
    entry: row[2] as string,
    columns: row.slice(3),
  }))
}

export interface AuditFilter {
  /** `auth.login`, or `auth.*` for all that begin with `auth.`. */
  readonly event?: string | undefined
  readonly outcome?: AuditEvent['outcome'] | undefined
  /** Id of who did it. */
  readonly actor?: string | undefined
  readonly actorKind?: AuditActor['kind'] | undefined
  readonly target?: string | undefined
  readonly targetKind?: string | undefined
  /** Reads and writes of its documents. */
  readonly collection?: string | undefined
  readonly ip?: string | undefined
  /** Timestamps, inclusive. */
  readonly since?: string | undefined
  readonly until?: string | undefined
  /** Entries before this number. */
  readonly before?: number | undefined
}

/** Some filters have no index, and a log may be as large as the data: then it is searched in a process of its own. */
const TIMEOUT_MS = 30_000

/** Texts of the entries that match, newest first. Throws QUERY_TIMEOUT. */
export async function findEntries(
  database: Pick<Database, 'query'>,
  filter: AuditFilter,
  limit: number,
): Promise<readonly { readonly seq: number; readonly hash: string; readonly entry: string }[]> {
  const { text, params } = condition(filter)
  const select = `SELECT "seq", "hash", "entry" FROM "_koyalite_audit" ${text} ORDER BY "seq" DESC LIMIT ?`
  const { rows } = await database.query({ text: select, params: [...params, limit] }, { timeoutMs: TIMEOUT_MS })
  return rows.map((row) => ({ seq: row[0] as number, hash: row[1] as string, entry: row[2] as string }))
}

/** The last entry that is older than a time. */
export function lastBefore(reads: Reads, at: string): ChainLink | null {
  // In the order of the index: in that of the numbers, all that is newer would be looked at first.
  const text = `SELECT "seq", "hash" FROM "_koyalite_audit" WHERE "at" < ? ORDER BY "at" DESC, "seq" DESC LIMIT 1`
  const row = reads.get({ text, params: [at] })
  return row ? { seq: row[0] as number, hash: row[1] as string } : null
}

/** The entry that stands `distance` after the first one, or `last` where that comes before it. */
export function linkWithin(reads: Reads, last: ChainLink, distance: number): ChainLink {
  const text = `SELECT "seq", "hash" FROM "_koyalite_audit" WHERE "seq" < ? ORDER BY "seq" LIMIT 1 OFFSET ?`
  const row = reads.get({ text, params: [last.seq, distance] })
  return row ? { seq: row[0] as number, hash: row[1] as string } : last
}

/** Removes entries up to and with a link, which becomes what the rest follows. Returns their number. */
export function removeUpTo(tx: Tx, link: ChainLink): number {
  const text = `INSERT INTO "_koyalite_audit_anchor" VALUES (1, ?, ?)
    ON CONFLICT ("id") DO UPDATE SET "seq" = excluded."seq", "hash" = excluded."hash"`
  tx.run({ text, params: [link.seq, link.hash] })
  return tx.run({ text: `DELETE FROM "_koyalite_audit" WHERE "seq" <= ?`, params: [link.seq] }).changes
}

const COLUMN_FILTERS = {
  outcome: '"outcome" = ?',
  actor: '"actor_id" = ?',
  actorKind: '"actor_kind" = ?',
  target: '"target_id" = ?',
  targetKind: '"target_kind" = ?',
  collection: `"event" GLOB 'document.*' AND "entry" ->> '$.details.collection' = ?`,
  ip: '"ip" = ?',
  since: '"at" >= ?',
  until: '"at" <= ?',
  before: '"seq" < ?',
} as const satisfies Record<Exclude<keyof AuditFilter, 'event'>, string>

function condition(filter: AuditFilter): { readonly text: string; readonly params: SqlValue[] } {
  const parts: string[] = []
  const params: SqlValue[] = []
  const { event } = filter
  if (event?.endsWith('.*')) {
    // A range instead of LIKE: it uses the index. '/' comes after '.'.
    parts.push('"event" >= ? AND "event" < ?')
    params.push(event.slice(0, -1), `${event.slice(0, -2)}/`)
  } else if (event !== undefined) {
    parts.push('"event" = ?')
    params.push(event)
  }
  for (const [name, text] of Object.entries(COLUMN_FILTERS)) {
    const value = filter[name as keyof typeof COLUMN_FILTERS]
    if (value === undefined) continue
    parts.push(text)
    params.push(value)
  }
  return { text: parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`, params }
}
