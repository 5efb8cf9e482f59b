import type { Reads, SqlValue, Tx } from '@koyalite/contracts'
import type { DisabledReason, EndpointConfig, EndpointState } from '../endpoints/endpoint'

/** A secret as it is stored: sealed, and until when it signs. */
export interface StoredSecret {
  readonly sealed: string
  /** Milliseconds since 1970; null: until it is rotated. */
  readonly until: number | null
}

export interface EndpointRow extends EndpointState {
  readonly name: string
  /** Null: it is one of the settings. */
  readonly config: Omit<EndpointConfig, 'name'> | null
  readonly secrets: readonly StoredSecret[]
  readonly createdAt: number
  /** Deliveries that are neither delivered nor given up. */
  readonly waiting: number
}

const COLUMNS = `"name", "config", "secrets", "created_at", "disabled_at", "disabled_reason", "failing_since", "last_success_at", "waiting", "skipped", "dropped", "dropped_since"`

/** All of them: endpoints are made by hand. */
export function listEndpointRows(reads: Reads): EndpointRow[] {
  return reads
    .all({ text: `SELECT ${COLUMNS} FROM "_koyalite_webhook_endpoints" ORDER BY "name"`, params: [] })
    .map(toRow)
}

export function findEndpointRow(reads: Reads, name: string): EndpointRow | null {
  const text = `SELECT ${COLUMNS} FROM "_koyalite_webhook_endpoints" WHERE "name" = ?`
  const row = reads.get({ text, params: [name] })
  return row === undefined ? null : toRow(row)
}

export function insertEndpoint(tx: Tx, endpoint: Pick<EndpointRow, 'name' | 'config' | 'secrets' | 'createdAt'>): void {
  const { name, config, secrets, createdAt } = endpoint
  const text = `INSERT INTO "_koyalite_webhook_endpoints" ("name", "config", "secrets", "created_at") VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`
  tx.run({ text, params: [name, config && JSON.stringify(config), JSON.stringify(secrets), createdAt] })
}

export function updateConfig(tx: Tx, name: string, config: EndpointRow['config']): void {
  const text = `UPDATE "_koyalite_webhook_endpoints" SET "config" = ? WHERE "name" = ?`
  tx.run({ text, params: [config && JSON.stringify(config), name] })
}

export function updateSecrets(tx: Tx, name: string, secrets: readonly StoredSecret[]): void {
  const text = `UPDATE "_koyalite_webhook_endpoints" SET "secrets" = ? WHERE "name" = ?`
  tx.run({ text, params: [JSON.stringify(secrets), name] })
}

export function deleteEndpoint(tx: Tx, name: string): void {
  tx.run({ text: `DELETE FROM "_koyalite_webhook_endpoints" WHERE "name" = ?`, params: [name] })
}

/** Returns whether it was enabled until now. */
export function disableEndpoint(
  tx: Tx,
  name: string,
  why: { readonly reason: DisabledReason; readonly at: number },
): boolean {
  const text = `UPDATE "_koyalite_webhook_endpoints" SET "disabled_at" = ?, "disabled_reason" = ? WHERE "name" = ? AND "disabled_at" IS NULL`
  return tx.run({ text, params: [why.at, why.reason, name] }).changes > 0
}

export function enableEndpoint(tx: Tx, name: string): boolean {
  const text = `UPDATE "_koyalite_webhook_endpoints" SET "disabled_at" = NULL, "disabled_reason" = NULL, "failing_since" = NULL
    WHERE "name" = ? AND "disabled_at" IS NOT NULL`
  return tx.run({ text, params: [name] }).changes > 0
}

/** Returns since when it has been failing, this time included. */
export function noteFailure(tx: Tx, name: string, at: number): number {
  const text = `UPDATE "_koyalite_webhook_endpoints" SET "failing_since" = coalesce("failing_since", ?) WHERE "name" = ? RETURNING "failing_since"`
  return (tx.get({ text, params: [at, name] })?.[0] as number | undefined) ?? at
}

export function noteSuccess(tx: Tx, name: string, at: number): void {
  const text = `UPDATE "_koyalite_webhook_endpoints" SET "failing_since" = NULL, "last_success_at" = ? WHERE "name" = ?`
  tx.run({ text, params: [at, name] })
}

/** Counts events that `when` failed on. */
export function noteSkipped(tx: Tx, name: string): void {
  tx.run({
    text: `UPDATE "_koyalite_webhook_endpoints" SET "skipped" = "skipped" + 1 WHERE "name" = ?`,
    params: [name],
  })
}

/** Counts events that there was no room for. Returns how many there are. */
export function noteDropped(tx: Tx, name: string, at: number): number {
  const text = `UPDATE "_koyalite_webhook_endpoints" SET "dropped" = "dropped" + 1, "dropped_since" = coalesce("dropped_since", ?)
    WHERE "name" = ? RETURNING "dropped"`
  return (tx.get({ text, params: [at, name] })?.[0] as number | undefined) ?? 1
}

/** What was dropped has been sent again. */
export function clearDropped(tx: Tx, name: string): void {
  const text = `UPDATE "_koyalite_webhook_endpoints" SET "dropped" = 0, "dropped_since" = NULL WHERE "name" = ?`
  tx.run({ text, params: [name] })
}

/** Takes room for one more, unless `limit` wait already. */
export function takeRoom(tx: Tx, name: string, limit: number): boolean {
  const text = `UPDATE "_koyalite_webhook_endpoints" SET "waiting" = "waiting" + 1 WHERE "name" = ? AND "waiting" < ?`
  return tx.run({ text, params: [name, limit] }).changes > 0
}

export function giveRoom(tx: Tx, name: string, count: number): void {
  const text = `UPDATE "_koyalite_webhook_endpoints" SET "waiting" = max(0, "waiting" - ?) WHERE "name" = ?`
  tx.run({ text, params: [count, name] })
}

function toRow(row: readonly SqlValue[]): EndpointRow {
  const [
    name,
    config,
    secrets,
    createdAt,
    disabledAt,
    disabledReason,
    failingSince,
    lastSuccessAt,
    waiting,
    skipped,
    dropped,
    droppedSince,
  ] = row as [
    string,
    string | null,
    string | null,
    number,
    number | null,
    DisabledReason | null,
    number | null,
    number | null,
    number,
    number,
    number,
    number | null,
  ]
  return {
    ...{ name, createdAt, disabledAt, disabledReason, failingSince, lastSuccessAt },
    ...{ waiting, skipped, dropped, droppedSince },
    config: config === null ? null : JSON.parse(config),
    secrets: secrets === null ? [] : JSON.parse(secrets),
  }
}
