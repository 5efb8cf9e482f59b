import { openWal } from './wal-file'
import { type StartWalSync, startWalSync, type WalSync } from './wal-sync'

/** Most commands sync two or three times. Starting the thread takes as much processor time as they do. */
const SYNCS_HERE = 8

/** For a command: its first syncs block the event loop. The thread is started for what writes more than that, and syncs as soon as it runs. */
export const startWalSyncHere: StartWalSync = async (options) => syncHere(options, startWalSync)

/** @param start begins the thread; if it cannot, all syncs are done here */
export function syncHere({ walPath, onSynced, onFailed }: Parameters<StartWalSync>[0], start: StartWalSync): WalSync {
  const wal = openWal(walPath)
  const stats = { syncs: 0, lastMs: 0, maxMs: 0, totalMs: 0 }
  let failed = false
  let thread: WalSync | null = null
  let starting: Promise<void> | null = null
  const fail = (error: unknown) => {
    if (failed) return
    failed = true
    onFailed(error instanceof Error ? error : new Error(String(error)))
  }
  const startThread = async () => {
    let runs = false
    thread = await start({ walPath, onSynced, onFailed: (error) => runs && fail(error) }).catch(() => null)
    runs = thread !== null
  }
  return {
    request(ticket) {
      if (thread !== null) return thread.request(ticket)
      if (failed) return
      try {
        const ms = wal.sync()
        Object.assign(stats, { lastMs: ms, maxMs: Math.max(stats.maxMs, ms), totalMs: stats.totalMs + ms })
      } catch (error) {
        return fail(error)
      }
      if (++stats.syncs === SYNCS_HERE) starting = startThread()
      onSynced(ticket)
    },
    stats() {
      const its = thread?.stats() ?? stats
      if (its === stats) return { ...stats }
      return {
        syncs: stats.syncs + its.syncs,
        lastMs: its.lastMs,
        maxMs: Math.max(stats.maxMs, its.maxMs),
        totalMs: stats.totalMs + its.totalMs,
      }
    },
    async close() {
      await starting
      await thread?.close()
      wal.close()
    },
  }
}
