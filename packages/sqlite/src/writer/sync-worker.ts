import { closeSync, fdatasyncSync, fstatSync, openSync, statSync } from 'node:fs'
import { WalGoneError } from './wal-gone'
import { SYNC_STATE, type SyncWorkerData, type SyncWorkerMessage } from './wal-sync'

declare const self: Worker

self.onmessage = ({ data }: MessageEvent<SyncWorkerData>) => {
  try {
    serve(data)
  } catch (error) {
    // What fdatasync could not write may be gone from the cache: trying again would report success for data that is lost.
    const message = error instanceof Error ? error.message : String(error)
    send({ type: 'failed', message, isGone: error instanceof WalGoneError })
  }
}

function serve({ walPath, state }: SyncWorkerData): void {
  // SQLite locks the database and the -shm file, never the -wal file: closing this descriptor drops no lock.
  const file = openSync(walPath, 'r+')
  const { ino } = fstatSync(file)
  send({ type: 'ready' })
  let done = 0
  for (;;) {
    const signal = Atomics.load(state, SYNC_STATE.signal)
    const requested = Atomics.load(state, SYNC_STATE.requested)
    if (requested !== done) {
      const started = performance.now()
      const found = statSync(walPath, { throwIfNoEntry: false })
      if (found?.ino !== ino) throw new WalGoneError(`${walPath} ${found === undefined ? 'is gone' : 'was replaced'}`)
      fdatasyncSync(file)
      done = requested
      send({ type: 'synced', ticket: done, ms: performance.now() - started })
    } else if (Atomics.load(state, SYNC_STATE.stop) === 1) {
      break
    } else {
      Atomics.wait(state, SYNC_STATE.signal, signal)
    }
  }
  closeSync(file)
  send({ type: 'stopped' })
}

function send(message: SyncWorkerMessage): void {
  self.postMessage(message)
}
