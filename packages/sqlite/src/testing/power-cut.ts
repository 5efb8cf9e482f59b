import { closeSync, existsSync, openSync, readSync, writeFileSync } from 'node:fs'
import { connect } from '../driver/connection'
import type { StartMaintenance } from '../files/maintenance'
import type { StartWalSync } from '../writer/wal-sync'

const SECTOR = 512
const WAL_HEADER = 32

/** The content of the files after a loss of power. */
export interface DiskImage {
  readonly database: Buffer
  readonly wal: Buffer
}

export type OnMoment = (during: 'write' | 'checkpoint', image: () => DiskImage) => void

/**
 * A disk that loses what was not synced. The files are real; this keeps, beside them, what is known to be durable: the WAL as of the last completed sync,
 * the database file as of the last completed checkpoint. After a cut, every sector that differs has its old or its new content, by lot.
 *
 * Syncs and checkpoints are done in the calling thread, so that "as of" has a meaning.
 */
export class PowerCutDisk {
  readonly #path: string
  readonly #random: () => number
  #durableWal: Buffer = Buffer.alloc(0)
  #durableDatabase: Buffer = Buffer.alloc(0)
  #captures = 0
  #durableCapture = 0
  readonly #onMoment: OnMoment

  /** `onMoment` is called after each commit, and in the middle of each checkpoint, where `image` returns the disk after a power cut right then. */
  constructor(path: string, random: () => number, onMoment: OnMoment) {
    this.#path = path
    this.#random = random
    this.#onMoment = onMoment
  }

  /** What is in the files now is durable: for the state after creation, before anything is asked of the disk. */
  settle(): void {
    this.#durableWal = this.#wal()
    this.#durableDatabase = this.#database()
  }

  /**
   * The port for the database. A requested sync takes a turn of the event loop; what is durable then is what was in the file when it began. With
   * `early`, the acknowledgement does not wait for it: the fault that the simulation must find.
   */
  walSync(mode: 'honest' | 'early'): StartWalSync {
    return async ({ onSynced }) => {
      let requested = 0
      let running: Promise<void> | null = null
      const run = async () => {
        for (let done = -1; done !== requested; ) {
          const ticket = requested
          const began = this.#capture()
          for (let turns = 0; turns < 4; turns++) await new Promise(setImmediate)
          this.#settleWal(began)
          done = ticket
          if (mode === 'honest') onSynced(ticket)
        }
        running = null
      }
      return {
        request: (ticket) => {
          requested = ticket
          this.#onMoment('write', () => ({
            database: this.#tear(this.#durableDatabase, this.#database()),
            wal: this.#tornWal(),
          }))
          if (mode === 'early') setImmediate(() => onSynced(ticket))
          running ??= run()
        },
        stats: () => ({ syncs: 0, lastMs: 0, maxMs: 0, totalMs: 0 }),
        close: async () => {
          await running
        },
      }
    }
  }

  maintenance(): StartMaintenance {
    return async ({ path }) => {
      const connection = connect({ path, mode: 'write' })
      return {
        ended: false,
        checkpoint: async (mode) => {
          // SQLite syncs the WAL before it writes to the database file.
          const captured = this.#capture()
          const before = this.#database()
          const row = connection.prepare(`PRAGMA wal_checkpoint(${mode})`).raw(true).get([]) as number[]
          this.#onMoment('checkpoint', () => ({ wal: captured.wal, database: this.#tear(before, this.#database()) }))
          this.#settleWal(captured)
          this.#durableDatabase = this.#database()
          return { busy: row[0] !== 0, frames: row[1] ?? 0, backfilled: row[2] ?? 0, ms: 0 }
        },
        snapshot: () => Promise.reject(new Error('not part of the simulation')),
        verify: () => Promise.reject(new Error('not part of the simulation')),
        close: async () => {
          connection.close()
        },
      }
    }
  }

  #capture(): { readonly wal: Buffer; readonly number: number } {
    return { wal: this.#wal(), number: ++this.#captures }
  }

  /** A sync that ends after a later one has ended makes nothing older. */
  #settleWal({ wal, number }: { readonly wal: Buffer; readonly number: number }): void {
    if (number < this.#durableCapture) return
    this.#durableCapture = number
    this.#durableWal = wal
  }

  /**
   * SQLite itself syncs the header of a WAL that begins anew, before the first frame: with the header of before, a frame that was overwritten would end
   * what is read of it in the middle, and older pages would stand before those that a checkpoint has written.
   */
  #tornWal(): Buffer {
    const present = this.#wal()
    const durable = Buffer.from(this.#durableWal)
    if (durable.length >= WAL_HEADER) present.copy(durable, 0, 0, WAL_HEADER)
    return this.#tear(durable, present)
  }

  /** Each sector with its durable or its present content; the length is the one or the other too. */
  #tear(durable: Buffer, present: Buffer): Buffer {
    const length = this.#random() < 0.5 ? durable.length : present.length
    const image = Buffer.alloc(length)
    for (let at = 0; at < length; at += SECTOR) {
      const first = this.#random() < 0.5 ? durable : present
      const source = first.length > at ? first : first === durable ? present : durable
      source.copy(image, at, at, at + SECTOR)
    }
    return image
  }

  #wal(): Buffer {
    const path = `${this.#path}-wal`
    return existsSync(path) ? readThrough(path) : Buffer.alloc(0)
  }

  /** By another process: to open and close the file in this one would drop SQLite's locks. */
  #database(): Buffer {
    const { stdout, success } = Bun.spawnSync(['cat', this.#path], { maxBuffer: 1 << 28 })
    if (!success) throw new Error('the database file could not be read')
    return stdout
  }
}

export function writeImage(path: string, { database, wal }: DiskImage): void {
  writeFileSync(path, database)
  writeFileSync(`${path}-wal`, wal)
}

/** SQLite has no locks on the WAL file, so it may be opened and closed. */
function readThrough(path: string): Buffer {
  const descriptor = openSync(path, 'r')
  try {
    const chunks: Buffer[] = []
    for (let position = 0; ; ) {
      const chunk = Buffer.alloc(1 << 20)
      const read = readSync(descriptor, chunk, 0, chunk.length, position)
      if (read === 0) return Buffer.concat(chunks)
      chunks.push(chunk.subarray(0, read))
      position += read
    }
  } finally {
    closeSync(descriptor)
  }
}
