import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Reads, ServiceTables, Tx } from '@koyalite/contracts'
import type { MeasuredTime } from '../measurements/measured-time'

/** One row per minute, and one per ten minutes; of a busy server some 2 KB each. */
export const OBSERVE_TABLES: ServiceTables = {
  service: 'observe',
  steps: [
    [
      `CREATE TABLE IF NOT EXISTS "_koyalite_measurements" (
  "step" INTEGER NOT NULL,
  "at" INTEGER NOT NULL,
  "value" BLOB NOT NULL,
  PRIMARY KEY ("step", "at")
) STRICT, WITHOUT ROWID`,
    ],
  ],
}

export interface StoredMeasurement {
  /** Milliseconds of each row of its kind. */
  readonly step: number
  readonly measured: MeasuredTime
}

export function findMeasurement(reads: Reads, step: number, at: number): MeasuredTime | null {
  const text = `SELECT "value" FROM "_koyalite_measurements" WHERE "step" = ? AND "at" = ?`
  const row = reads.get({ text, params: [step, at] })
  return row ? decoded(row[0]) : null
}

/** Those that begin within a time, the earliest first; read in portions, since making them plain takes some milliseconds. */
export function listMeasurements(reads: Reads, step: number, from: number, limit: number): readonly MeasuredTime[] {
  const text = `SELECT "value" FROM "_koyalite_measurements" WHERE "step" = ? AND "at" >= ? ORDER BY "at" LIMIT ?`
  return reads.all({ text, params: [step, from, limit] }).map(([value]) => decoded(value))
}

export function putMeasurement(tx: Tx, { step, measured }: StoredMeasurement): void {
  tx.run({
    text: `INSERT INTO "_koyalite_measurements" VALUES (?, ?, ?)
      ON CONFLICT ("step", "at") DO UPDATE SET "value" = excluded."value"`,
    params: [step, measured.at, encoded(measured)],
  })
}

export function deleteMeasurements(tx: Tx, step: number, before: number): void {
  tx.run({ text: `DELETE FROM "_koyalite_measurements" WHERE "step" = ? AND "at" < ?`, params: [step, before] })
}

function encoded(measured: MeasuredTime): Uint8Array<ArrayBuffer> {
  return new Uint8Array(deflateRawSync(JSON.stringify(measured, rounded)))
}

/** To a microsecond. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value
}

function decoded(value: unknown): MeasuredTime {
  // Written by `encoded`.
  return JSON.parse(inflateRawSync(value as Uint8Array).toString()) as MeasuredTime
}
