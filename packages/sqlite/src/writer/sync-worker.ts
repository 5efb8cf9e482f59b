import { openWal } from './wal-file'
import { WalGoneError } from './wal-gone'
import { SYNC_STATE, type SyncWorkerData, type SyncWorkerMessage } from './wal-sync'

declare const self: Worker

self.onmessage = ({ data }: MessageEvent<SyncWorkerData>) => {
  try {
    serve(data)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    send({ type: 'failed', message, isGone: error instanceof WalGoneError })
  }
}

function serve({ walPath, state }: SyncWorkerData): void {
  const wal = openWal(walPath)
  send({ type: 'ready' })
  let done = 0
  for (;;) {
    const signal = Atomics.load(state, SYNC_STATE.signal)
    const requested = Atomics.load(state, SYNC_STATE.requested)
    if (requested !== done) {
      const ms = wal.sync()
      done = requested
      send({ type: 'synced', ticket: done, ms })
    } else if (Atomics.load(state, SYNC_STATE.stop) === 1) {
      break
    } else {
      Atomics.wait(state, SYNC_STATE.signal, signal)
    }
  }
  wal.close()
  send({ type: 'stopped' })
}

function send(message: SyncWorkerMessage): void {
  self.postMessage(message)
}
