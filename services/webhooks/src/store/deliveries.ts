import type { Reads, SqlValue, Tx } from '@koyalite/contracts'
import { type Attempt, DELIVERY_STATES, type Delivery, type DeliveryState } from '../delivery/delivery'
import { giveRoom } from './endpoint-rows'

const COLUMNS = `"id", "endpoint", "message_id", "event", "document", "body", "state", "attempts", "next_at", "created_at", "finished_at", "replay_of"`

/** States in which it will still be sent. */
const OPEN = `"state" IN ('waiting', 'blocked')`

/** @returns its id. One of a document with an earlier one that is not over waits for that. */
export function insertDelivery(
  tx: Tx,
  delivery: Pick<Delivery, 'endpoint' | 'messageId' | 'event' | 'document' | 'body' | 'createdAt' | 'replayOf'>,
): number {
  const { endpoint, messageId, event, document, body, createdAt, replayOf } = delivery
  const state: DeliveryState = document !== null && firstOf(tx, endpoint, document) !== null ? 'blocked' : 'waiting'
  const text = `INSERT INTO "_koyalite_webhook_deliveries" ("endpoint", "message_id", "event", "document", "body", "state", "next_at", "created_at", "replay_of")
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
  return tx.run({
    text,
    params: [endpoint, messageId, event, document, body, state, createdAt, createdAt, replayOf],
  }).lastInsertRowid
}

/** Of the deliveries of a document, the one that the others wait for. */
export function firstOf(reads: Reads, endpoint: string, document: string): number | null {
  const text = `SELECT min("id") FROM "_koyalite_webhook_deliveries" WHERE "endpoint" = ? AND "document" = ? AND ${OPEN}`
  return (reads.get({ text, params: [endpoint, document] })?.[0] as number | null | undefined) ?? null
}

/** How many wait behind the first one of a document. */
export function countBehind(reads: Reads, endpoint: string, document: string, limit: number): number {
  const text = `SELECT count(*) FROM (SELECT 1 FROM "_koyalite_webhook_deliveries" WHERE "endpoint" = ? AND "document" = ? AND ${OPEN} LIMIT ?)`
  return Math.max(0, Number(reads.get({ text, params: [endpoint, document, limit + 1] })?.[0] ?? 0) - 1)
}

export function findDelivery(reads: Reads, id: number): Delivery | null {
  const row = reads.get({ text: `SELECT ${COLUMNS} FROM "_koyalite_webhook_deliveries" WHERE "id" = ?`, params: [id] })
  return row === undefined ? null : toDelivery(row)
}

/** The body that was sent under an id. */
export function bodyOfMessage(reads: Reads, messageId: string): string | null {
  const text = `SELECT "body" FROM "_koyalite_webhook_deliveries" WHERE "message_id" = ? LIMIT 1`
  return (reads.get({ text, params: [messageId] })?.[0] as string | undefined) ?? null
}

/** What is due, the longest first: ids alone, since bodies are large. */
export function listDue(reads: Reads, endpoint: string, now: number, limit: number): number[] {
  const text = `SELECT "id" FROM "_koyalite_webhook_deliveries" WHERE "endpoint" = ? AND "state" = 'waiting' AND "next_at" <= ?
    ORDER BY "next_at", "id" LIMIT ?`
  return reads.all({ text, params: [endpoint, now, limit] }).map(([id]) => id as number)
}

/** When the next one becomes due, after a time; null where none does. */
export function nextDueAfter(reads: Reads, endpoint: string, after: number): number | null {
  const text = `SELECT min("next_at") FROM "_koyalite_webhook_deliveries" WHERE "endpoint" = ? AND "state" = 'waiting' AND "next_at" > ?`
  return (reads.get({ text, params: [endpoint, after] })?.[0] as number | null | undefined) ?? null
}

/** When the one that waits longest was taken; null where none waits. */
export function oldestWaiting(reads: Reads, endpoint: string): number | null {
  const first = (state: 'waiting' | 'blocked') =>
    reads.get({
      text: `SELECT "created_at" FROM "_koyalite_webhook_deliveries" WHERE "endpoint" = ? AND "state" = '${state}' ORDER BY "id" LIMIT 1`,
      params: [endpoint],
    })?.[0] as number | undefined
  const found = [first('waiting'), first('blocked')].filter((at) => at !== undefined)
  return found.length === 0 ? null : Math.min(...found)
}

export interface DeliveryPage {
  /** To any of them. */
  readonly endpoints: readonly string[]
  readonly state: DeliveryState | null
  /** Its type. */
  readonly event: string | null
  /** Only those taken before. */
  readonly before: number
  readonly limit: number
}

/** The newest first: merged of lists that each have an index, so that a rare event among millions is found at once. */
export function listDeliveries(reads: Reads, { endpoints, state, event, before, limit }: DeliveryPage): Delivery[] {
  const states = event !== null && state === null ? DELIVERY_STATES : [state]
  const ids = endpoints.flatMap((endpoint) =>
    states.flatMap((one) => deliveryIds(reads, { endpoint, state: one, event, before, limit })),
  )
  const newest = ids.sort((a, b) => b - a).slice(0, limit)
  return newest.flatMap((id) => findDelivery(reads, id) ?? [])
}

function deliveryIds(
  reads: Reads,
  { before, limit, ...filter }: Omit<DeliveryPage, 'endpoints'> & { readonly endpoint: string },
): number[] {
  const { endpoint, event, state } = filter
  const given = Object.entries({ endpoint, event, state }).filter(([, value]) => value !== null)
  const conditions = given.map(([column]) => `"${column}" = ?`).join(' AND ')
  const text = `SELECT "id" FROM "_koyalite_webhook_deliveries" WHERE ${conditions} AND "id" < ? ORDER BY "id" DESC LIMIT ?`
  return reads.all({ text, params: [...given.map(([, value]) => value), before, limit] }).map(([id]) => id as number)
}

/** Of one that is still to be sent. */
export function noteAttempt(tx: Tx, { id, attempts, nextAt }: Pick<Delivery, 'id' | 'attempts' | 'nextAt'>): void {
  const text = `UPDATE "_koyalite_webhook_deliveries" SET "attempts" = ?, "next_at" = ? WHERE "id" = ? AND ${OPEN}`
  tx.run({ text, params: [JSON.stringify(attempts), nextAt, id] })
}

/** Ends one that is still to be sent, and lets the next of its document go. @returns whether it was still to be sent */
export function finishDelivery(
  tx: Tx,
  delivery: Pick<Delivery, 'id' | 'endpoint' | 'document'>,
  how: {
    readonly state: 'delivered' | 'dead' | 'skipped'
    readonly attempts?: readonly Attempt[]
    readonly at: number
  },
): boolean {
  const { id, endpoint, document } = delivery
  const attempts = how.attempts === undefined ? '' : `, "attempts" = ?`
  const text = `UPDATE "_koyalite_webhook_deliveries" SET "state" = ?, "finished_at" = ?${attempts} WHERE "id" = ? AND ${OPEN}`
  const params = [how.state, how.at, ...(how.attempts === undefined ? [] : [JSON.stringify(how.attempts)]), id]
  if (tx.run({ text, params }).changes === 0) return false
  giveRoom(tx, endpoint, 1)
  if (document !== null) releaseNext(tx, endpoint, { document, at: how.at })
  return true
}

/** The first of a document that waits for none any more. */
function releaseNext(
  tx: Tx,
  endpoint: string,
  { document, at }: { readonly document: string; readonly at: number },
): void {
  const first = firstOf(tx, endpoint, document)
  if (first === null) return
  const text = `UPDATE "_koyalite_webhook_deliveries" SET "state" = 'waiting', "next_at" = ? WHERE "id" = ? AND "state" = 'blocked'`
  tx.run({ text, params: [at, first] })
}

/** Removes what is over since before a time: at most `limit`. @returns how many */
export function deleteFinished(tx: Tx, before: number, limit: number): number {
  const text = `DELETE FROM "_koyalite_webhook_deliveries" WHERE "id" IN (
    SELECT "id" FROM "_koyalite_webhook_deliveries" WHERE "finished_at" IS NOT NULL AND "finished_at" < ? ORDER BY "finished_at" LIMIT ?)`
  return tx.run({ text, params: [before, limit] }).changes
}

/** Removes deliveries of an endpoint that there is no longer: at most `limit`. @returns how many */
export function deleteOfEndpoint(tx: Tx, endpoint: string, limit: number): number {
  const text = `DELETE FROM "_koyalite_webhook_deliveries" WHERE "id" IN (
    SELECT "id" FROM "_koyalite_webhook_deliveries" WHERE "endpoint" = ? ORDER BY "id" LIMIT ?)`
  return tx.run({ text, params: [endpoint, limit] }).changes
}

/** The names in deliveries, also of endpoints that there are no longer. */
export function endpointsWithDeliveries(reads: Reads): string[] {
  const names: string[] = []
  for (;;) {
    const text = `SELECT min("endpoint") FROM "_koyalite_webhook_deliveries" WHERE "endpoint" > ?`
    const name = reads.get({ text, params: [names.at(-1) ?? ''] })?.[0] as string | null | undefined
    if (name === null || name === undefined) return names
    names.push(name)
  }
}

function toDelivery(row: readonly SqlValue[]): Delivery {
  const [id, endpoint, messageId, event, document, body, state, attempts, nextAt, createdAt, finishedAt, replayOf] =
    row as [
      number,
      string,
      string,
      string,
      string | null,
      string,
      DeliveryState,
      string,
      number,
      number,
      number | null,
      number | null,
    ]
  return {
    ...{ id, endpoint, messageId, event, document, body, state, nextAt, createdAt, finishedAt, replayOf },
    attempts: JSON.parse(attempts),
  }
}
