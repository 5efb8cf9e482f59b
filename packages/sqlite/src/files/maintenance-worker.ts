import { renameSync, rmSync } from 'node:fs'
import { connect } from '../driver/connection'
import { type Connection, loadDriver, verifySingleDriver } from '../driver/driver'
import { isSqliteFailure } from '../driver/sqlite-error'
import { copyWithKey } from './copy-with-key'
import { SET_META } from './epoch'
import type { Examination, Settle } from './idle-file'
import { integrityOf } from './integrity'
import type { CheckpointResult, MaintenanceReply, MaintenanceRequest, MaintenanceValue } from './maintenance'
import { createPrivateFile } from './private-file'
import { replaceContents } from './replace-contents'
import { syncFile, syncFolder } from './sync-folder'

declare const self: Worker

let connection: Connection | null = null

self.onmessage = ({ data }: MessageEvent<MaintenanceRequest>) => {
  try {
    self.postMessage({ id: data.id, ok: true, value: response(data) } satisfies MaintenanceReply)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const code = isSqliteFailure(error) ? error.code : null
    self.postMessage({ id: data.id, ok: false, message, code } satisfies MaintenanceReply)
  }
}

function response(request: MaintenanceRequest): MaintenanceValue {
  // Two copies of the library would drop each other's locks: better no checkpoint than a lost database.
  loadDriver()
  verifySingleDriver()
  switch (request.type) {
    case 'open':
      connection = connect({ path: request.path, mode: 'write', key: request.key, cacheBytes: 512 * 1024 })
      return null
    case 'checkpoint':
      return checkpoint(opened(), request.mode)
    case 'snapshot':
      snapshot(opened(), request.to)
      return null
    case 'verify':
      return integrityOf(opened(), request.tables)
    case 'examine':
      return examine(request.path, request.key)
    case 'settle':
      settle(request)
      return null
    case 'copy':
      copyWithKey(request)
      return null
    case 'close':
      connection?.close()
      connection = null
      return null
  }
}

function opened(): Connection {
  if (connection === null) throw new Error('the maintenance thread has no database open')
  return connection
}

function checkpoint(source: Connection, mode: string): CheckpointResult {
  const started = performance.now()
  const row = source.prepare(`PRAGMA wal_checkpoint(${mode})`).raw(true).get([]) ?? []
  const [busy, frames, backfilled] = row as number[]
  return {
    busy: busy !== 0,
    frames: frames ?? 0,
    backfilled: backfilled ?? 0,
    ms: performance.now() - started,
  }
}

function snapshot(source: Connection, to: string): void {
  const part = `${to}.part`
  // What a killed process left; its journal would be rolled back into the new file.
  for (const path of [part, `${part}-journal`]) rmSync(path, { force: true })
  // SQLite takes an empty file for a new one; so the copy is never readable by others.
  createPrivateFile(part)
  // Reads one state, however long it takes; encrypts with the key of the source, which the backup API of the driver cannot.
  try {
    source.prepare('VACUUM INTO ?').run([part])
    syncFile(part)
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  }
  renameSync(part, to)
  syncFolder(to)
}

function examine(path: string, key: string | undefined): Examination {
  const file = connect({ path, mode: 'read', key })
  try {
    const all = (sql: string) => file.prepare(sql).raw(true).all([])
    const integrity = integrityOf(file)
    // Nothing else that is read of it can be trusted.
    if (integrity.length > 0) return { integrity, references: [], epoch: null, seq: 0 }
    const references = all('SELECT "table", rowid, parent FROM pragma_foreign_key_check LIMIT 20').map(
      ([table, rowid, parent]) => `${table} (row ${rowid ?? '?'}) → ${parent}`,
    )
    const tables = all("SELECT name FROM sqlite_schema WHERE type = 'table'").flat()
    if (!tables.includes('_koyalite_meta')) return { integrity, references, epoch: null, seq: 0 }
    const epoch = all("SELECT value FROM _koyalite_meta WHERE key = 'epoch'")[0]?.[0]
    const seq = all('SELECT max(seq) FROM _koyalite_changes')[0]?.[0]
    return { integrity, references, epoch: epoch === undefined ? null : String(epoch), seq: Number(seq ?? 0) }
  } finally {
    file.close()
  }
}

function settle({ path, key, newEpoch, meta, contents }: Settle): void {
  const file = connect({ path, mode: 'write', key })
  try {
    replaceContents(file, contents)
    const known = file.prepare("SELECT 1 FROM sqlite_schema WHERE name = '_koyalite_meta'").raw(true).get([])
    const entries = Object.entries(newEpoch ? { ...meta, clean: '0' } : meta)
    if (known !== undefined) for (const [name, value] of entries) file.prepare(SET_META).run([name, value])
    const [busy] = file.prepare('PRAGMA wal_checkpoint(TRUNCATE)').raw(true).get([]) ?? []
    if (busy !== 0) throw new Error(`${path} is in use by another program`)
  } finally {
    file.close()
  }
  syncFile(path)
  syncFolder(path)
}
