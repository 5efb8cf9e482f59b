import type { Reads, ServiceTables, Tx } from '@koyalite/contracts'

export const OPERATIONS_TABLES: ServiceTables = {
  service: 'operations',
  steps: [
    [
      `CREATE TABLE IF NOT EXISTS "_koyalite_commands" (
  "id" INTEGER PRIMARY KEY,
  "at" TEXT NOT NULL,
  "by" TEXT NOT NULL,
  "command" TEXT NOT NULL,
  "ok" INTEGER NOT NULL,
  "message" TEXT,
  "ms" INTEGER NOT NULL
) STRICT`,
    ],
  ],
  kept: [{ table: '_koyalite_commands' }],
}

/** A command of the command line that changed the project. */
export interface CommandRun {
  /** When it ended. */
  readonly at: string
  /** The user of the machine whose shell it was. */
  readonly by: string
  readonly command: string
  readonly ok: boolean
  /** Why it failed. */
  readonly message: string | null
  readonly ms: number
}

/** The oldest beyond this are forgotten. */
const KEPT = 1_000

export function insertCommand(tx: Tx, { at, by, command, ok, message, ms }: CommandRun): void {
  const text = `INSERT INTO "_koyalite_commands" ("at", "by", "command", "ok", "message", "ms") VALUES (?, ?, ?, ?, ?, ?) RETURNING "id"`
  const [id] = tx.get({ text, params: [at, by, command, Number(ok), message, ms] }) ?? []
  tx.run({ text: `DELETE FROM "_koyalite_commands" WHERE "id" <= ?`, params: [Number(id) - KEPT] })
}

/** Newest first. @param before an id; what follows is older */
export function listCommands(
  reads: Reads,
  { limit, before }: { readonly limit: number; readonly before: number },
): readonly (CommandRun & { readonly id: number })[] {
  const text = `SELECT "id", "at", "by", "command", "ok", "message", "ms" FROM "_koyalite_commands" WHERE "id" < ? ORDER BY "id" DESC LIMIT ?`
  return reads.all({ text, params: [before, limit] }).map(([id, at, by, command, ok, message, ms]) => ({
    id: Number(id),
    at: String(at),
    by: String(by),
    command: String(command),
    ok: ok === 1,
    message: message === null ? null : String(message),
    ms: Number(ms),
  }))
}
