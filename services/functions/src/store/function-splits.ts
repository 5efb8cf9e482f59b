import type { Reads, Tx } from '@koyalite/contracts'

export const CREATE_SPLITS = [
  `CREATE TABLE IF NOT EXISTS "_koyalite_function_splits" (
  "function" TEXT NOT NULL PRIMARY KEY,
  "version" INTEGER NOT NULL,
  "percent" REAL NOT NULL,
  "instead_of" TEXT NOT NULL
) STRICT, WITHOUT ROWID`,
]

/** A share of the calls of a function that goes to another version than the one that serves. */
export interface Split {
  readonly version: number
  /** More than 0, less than 100. */
  readonly percent: number
}

/** @param hash of what is in the folder: another one ends it. Null: there is none, or it has ended */
export function findSplit(reads: Reads, name: string, hash: string): Split | null {
  const text = `SELECT "version", "percent" FROM "_koyalite_function_splits" WHERE "function" = ? AND "instead_of" = ?`
  const row = reads.get({ text, params: [name, hash] })
  return row === undefined ? null : { version: Number(row[0]), percent: Number(row[1]) }
}

export function putSplit(tx: Tx, name: string, { version, percent, hash }: Split & { readonly hash: string }): void {
  tx.run({
    text: `INSERT INTO "_koyalite_function_splits" ("function", "version", "percent", "instead_of") VALUES (?, ?, ?, ?)
      ON CONFLICT ("function") DO UPDATE SET "version" = excluded."version", "percent" = excluded."percent", "instead_of" = excluded."instead_of"`,
    params: [name, version, percent, hash],
  })
}

export function removeSplit(tx: Tx, name: string): void {
  tx.run({ text: `DELETE FROM "_koyalite_function_splits" WHERE "function" = ?`, params: [name] })
}
