import type { Reads, ServiceTables, SqlValue, Tx } from '@koyalite/contracts'

/** Views, drafts, widths of columns: kept here, so that they are there in every browser. */
export const STUDIO_TABLES: ServiceTables = {
  service: 'studio',
  steps: [
    [
      `CREATE TABLE IF NOT EXISTS "_koyalite_studio_items" (
  "name" TEXT NOT NULL,
  "operator_id" TEXT NOT NULL,
  "is_shared" INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  "updated_at" INTEGER NOT NULL,
  PRIMARY KEY ("name", "operator_id")
) STRICT, WITHOUT ROWID`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_studio_items_by_operator" ON "_koyalite_studio_items" ("operator_id")`,
    ],
  ],
  kept: [{ table: '_koyalite_studio_items' }],
}

export interface KeptItem {
  readonly name: string
  /** Whose it is. */
  readonly operatorId: string
  /** Whether all operators see it. */
  readonly isShared: boolean
  /** JSON. */
  readonly value: string
  /** Milliseconds since 1970. */
  readonly updatedAt: number
}

const COLUMNS = `"name", "operator_id", "is_shared", "value", "updated_at"`

/** Those of an operator, and the shared ones of others, whose names begin so; by name. */
export function listItems(reads: Reads, operatorId: string, prefix: string): readonly KeptItem[] {
  const text = `SELECT ${COLUMNS} FROM "_koyalite_studio_items"
    WHERE ("operator_id" = ? OR "is_shared" = 1) AND substr("name", 1, length(?)) = ? ORDER BY "name", "operator_id"`
  return reads.all({ text, params: [operatorId, prefix, prefix] }).map(toItem)
}

export function findItem(reads: Reads, name: string, operatorId: string): KeptItem | null {
  const text = `SELECT ${COLUMNS} FROM "_koyalite_studio_items" WHERE "name" = ? AND "operator_id" = ?`
  const row = reads.get({ text, params: [name, operatorId] })
  return row ? toItem(row) : null
}

export function countItems(reads: Reads, operatorId: string): number {
  const text = `SELECT count(*) FROM "_koyalite_studio_items" WHERE "operator_id" = ?`
  return Number(reads.get({ text, params: [operatorId] })?.[0])
}

export function putItem(tx: Tx, { name, operatorId, isShared, value, updatedAt }: KeptItem): void {
  tx.run({
    text: `INSERT INTO "_koyalite_studio_items" (${COLUMNS}) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT ("name", "operator_id") DO UPDATE SET
        "is_shared" = excluded."is_shared", "value" = excluded."value", "updated_at" = excluded."updated_at"`,
    params: [name, operatorId, isShared ? 1 : 0, value, updatedAt],
  })
}

export function deleteItem(tx: Tx, name: string, operatorId: string): void {
  tx.run({
    text: `DELETE FROM "_koyalite_studio_items" WHERE "name" = ? AND "operator_id" = ?`,
    params: [name, operatorId],
  })
}

function toItem([name, operatorId, isShared, value, updatedAt]: readonly SqlValue[]): KeptItem {
  return {
    name: String(name),
    operatorId: String(operatorId),
    isShared: isShared === 1,
    value: String(value),
    updatedAt: Number(updatedAt),
  }
}
