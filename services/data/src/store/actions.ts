import {
  EVENT_ENTRIES,
  type Reads,
  type Row,
  type ServiceTables,
  type Sql,
  type SqlValue,
  type Tx,
} from '@koyalite/contracts'
import type { Action } from '../actions/action'
import type { ChangeCounts } from '../actions/change-counts'

/** One row for each write of an operator. `first` is the number of its first change, which no other has. */
export const ACTION_TABLES: ServiceTables['steps'] = [
  [
    `CREATE TABLE IF NOT EXISTS "_koyalite_actions" (
  "first" INTEGER PRIMARY KEY,
  "last" INTEGER NOT NULL,
  "id" TEXT NOT NULL UNIQUE,
  "operator_id" TEXT,
  "operator" TEXT,
  "at" INTEGER NOT NULL,
  "route" TEXT NOT NULL,
  "epoch" TEXT NOT NULL,
  "counts" TEXT NOT NULL,
  "undoes" TEXT,
  "undone_by" TEXT,
  "in_steps" INTEGER NOT NULL
) STRICT`,
    `CREATE INDEX IF NOT EXISTS "_koyalite_actions_operator" ON "_koyalite_actions" ("operator_id", "first")`,
  ],
]

const COLUMNS = `"first", "last", "id", "operator_id", "operator", "at", "route", "epoch", "counts", "undoes", "undone_by", "in_steps"`

/** Rows removed with each one that is stored: more than one, so that old ones run out. */
const REMOVED_PER_WRITE = 20

/** Stores an action, and removes some of those whose changes the log no longer has. */
export function insertAction(tx: Tx, action: Action): void {
  const { first, last, id, operator, at, route, epoch, counts, undoes, undoneBy, inSteps } = action
  tx.run({
    text: `DELETE FROM "_koyalite_actions" WHERE "first" IN (
      SELECT "first" FROM "_koyalite_actions" WHERE "first" < (SELECT min("seq") FROM "_koyalite_changes") ORDER BY "first" LIMIT ?)`,
    params: [REMOVED_PER_WRITE],
  })
  tx.run({
    text: `INSERT INTO "_koyalite_actions" (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    params: [
      ...[first, last, id, operator?.id ?? null, operator?.email ?? null, at, route, epoch],
      ...[JSON.stringify(counts), undoes, undoneBy, inSteps ? 1 : 0],
    ],
  })
}

/** A further part of an action that is written in steps. */
export function extendAction(tx: Tx, { id, last, counts }: Pick<Action, 'id' | 'last' | 'counts'>): void {
  const text = `UPDATE "_koyalite_actions" SET "last" = ?, "counts" = ? WHERE "id" = ?`
  tx.run({ text, params: [last, JSON.stringify(counts), id] })
}

export function markUndone(tx: Tx, id: string, by: string | null): void {
  tx.run({ text: `UPDATE "_koyalite_actions" SET "undone_by" = ? WHERE "id" = ?`, params: [by, id] })
}

/** Null where there is none, or the log no longer has its changes. */
export function findAction(reads: Reads, id: string): Action | null {
  const row = reads.get({
    text: `SELECT ${COLUMNS} FROM "_koyalite_actions" WHERE "id" = ? AND ${LOGGED}`,
    params: [id],
  })
  return row ? toAction(row) : null
}

const LOGGED = `"first" >= (SELECT min("seq") FROM "_koyalite_changes")`

export interface ActionFilter {
  /** Only those of this operator. */
  readonly operatorId: string | null
  /** Only those that changed this document. */
  readonly document: { readonly collection: string; readonly key: SqlValue } | null
  /** Only older ones than the one whose first change has this number. */
  readonly before: number | null
  readonly limit: number
}

/** The rows of actions, newest first, for `toAction`. */
export function selectActions({ operatorId, document, before, limit }: ActionFilter): Sql {
  const conditions = [
    LOGGED,
    ...(operatorId === null ? [] : ['"operator_id" = ?']),
    ...(before === null ? [] : ['"first" < ?']),
    ...(document === null
      ? []
      : [
          // Others have written between the steps of an action.
          `"in_steps" = 0 AND "counts" LIKE '%"collection":' || json_quote(?) || '%' AND EXISTS (
            SELECT 1 FROM "_koyalite_changes" AS "c" WHERE "c"."seq" BETWEEN "first" AND "last" AND "c"."collection" = ? AND "c"."doc_id" = ?)`,
        ]),
  ]
  return {
    text: `SELECT ${COLUMNS} FROM "_koyalite_actions" WHERE ${conditions.join(' AND ')} ORDER BY "first" DESC LIMIT +?`,
    params: [
      ...(operatorId === null ? [] : [operatorId]),
      ...(before === null ? [] : [before]),
      ...(document === null ? [] : [document.collection, document.collection, document.key]),
      limit,
    ],
  }
}

export function toAction(row: Row): Action {
  // Only this file writes the table.
  const [first, last, id, operatorId, operator, at, route, epoch, counts, undoes, undoneBy, inSteps] = row as [
    ...[number, number, string, string | null, string | null, number, string, string, string],
    ...[string | null, string | null, number],
  ]
  return {
    ...{ first, last, id, at, route, epoch, undoes, undoneBy },
    operator: operatorId === null ? null : { id: operatorId, email: operator ?? '' },
    counts: JSON.parse(counts) as ChangeCounts[],
    inSteps: inSteps === 1,
  }
}

/** What became of documents in the changes after number `since`: how many, by collection, first and last change. */
export function selectOutcomes(tx: Tx, since: number): readonly Outcome[] {
  const rows = tx.all({
    text: `SELECT "head"."collection", "head"."op", "tail"."op", count(*) FROM (
        SELECT min("seq") AS "head", max("seq") AS "tail" FROM "_koyalite_changes" WHERE "seq" > ? AND "collection" <> ?
        GROUP BY "collection", "doc_id"
      ) AS "documents"
      JOIN "_koyalite_changes" AS "head" ON "head"."seq" = "documents"."head"
      JOIN "_koyalite_changes" AS "tail" ON "tail"."seq" = "documents"."tail"
      GROUP BY 1, 2, 3`,
    params: [since, EVENT_ENTRIES],
  })
  // Only triggers write these columns, with these types.
  return rows.map(([collection, first, last, documents]) => ({ collection, first, last, documents }) as Outcome)
}

export interface Outcome {
  readonly collection: string
  readonly first: 'insert' | 'update' | 'delete'
  readonly last: 'insert' | 'update' | 'delete'
  readonly documents: number
}
