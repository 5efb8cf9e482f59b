import type { StartWalSync, WalSyncOptions } from '../writer/wal-sync'

/** A sync that happens when the test says so. */
export function manualSync(): {
  readonly start: StartWalSync
  readonly requested: () => number
  /** The disk has everything up to this ticket (default: all that was asked for). */
  finish(ticket?: number): void
  fail(error: Error): void
  /** From now on every request is answered in the next turn. */
  automatic(): void
  manual(): void
} {
  let options: WalSyncOptions | null = null
  let requested = 0
  let automatic = false
  return {
    start: async (given) => {
      options = given
      return {
        request(ticket) {
          requested = ticket
          if (automatic) setImmediate(() => given.onSynced(ticket))
        },
        stats: () => ({ syncs: 0, lastMs: 0, maxMs: 0, totalMs: 0 }),
        close: async () => {},
      }
    },
    requested: () => requested,
    finish: (ticket = requested) => options?.onSynced(ticket),
    fail: (error) => options?.onFailed(error),
    automatic: () => {
      automatic = true
    },
    manual: () => {
      automatic = false
    },
  }
}
