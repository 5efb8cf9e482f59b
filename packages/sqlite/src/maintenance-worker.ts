import { renameSync, rmSync } from 'node:fs'
import { connect } from './connection'
import { type Connection, loadDriver, verifySingleDriver } from './driver'
import type { CheckpointResult, MaintenanceReply, MaintenanceRequest } from './maintenance'
import { syncFile, syncFolder } from './sync-folder'

declare const self: Worker

let connection: Connection | null = null

self.onmessage = ({ data }: MessageEvent<MaintenanceRequest>) => {
  try {
    self.postMessage({ id: data.id, ok: true, value: answer(data) } satisfies MaintenanceReply)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    self.postMessage({ id: data.id, ok: false, message } satisfies MaintenanceReply)
  }
}

function answer(request: MaintenanceRequest): CheckpointResult | null {
  switch (request.type) {
    case 'open':
      // Two copies of the library would drop each other's locks: better no checkpoint than a lost database.
      loadDriver()
      verifySingleDriver()
      connection = connect({ path: request.path, mode: 'write', key: request.key, cacheBytes: 512 * 1024 })
      return null
    case 'checkpoint':
      return checkpoint(opened(), request.mode)
    case 'snapshot':
      snapshot(opened(), request.to)
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
  rmSync(part, { force: true })
  // Reads one state, however long it takes; encrypts with the key of the source, which the backup API of the driver cannot.
  source.prepare('VACUUM INTO ?').run([part])
  syncFile(part)
  renameSync(part, to)
  syncFolder(to)
}
