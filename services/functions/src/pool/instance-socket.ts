import { chmodSync, lstatSync, mkdirSync, mkdtempSync, opendirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where an instance and the server meet: short, since the address of a socket is, and nobody else's. */
export interface SocketFolder {
  /** What the instance sees, and may change. */
  readonly shared: string
  /** Where the server listens. */
  readonly server: string
  /** Where its proxy listens. */
  readonly proxy: string
  /** Where the server finds the instance, once its socket is taken. */
  readonly call: string
  /**
   * Takes the socket of an instance that listens to where it cannot reach it: what it puts in its place later, a link to another socket of the
   * machine for instance, is never followed. @throws Error where it is no socket
   */
  take(): void
  /** Whether there is anything but sockets: the folder is on the disk of the machine, which the instance must not fill. */
  isMisused(): boolean
  remove(): void
}

const MAX_SOCKETS = 16

export function makeSocketFolder(): SocketFolder {
  const path = mkdtempSync(join(tmpdir(), 'koyalite-f-'))
  chmodSync(path, 0o700)
  const shared = join(path, 's')
  mkdirSync(shared, { mode: 0o700 })
  const call = join(path, 'call.sock')
  return {
    shared,
    server: join(shared, 'server.sock'),
    proxy: join(shared, 'proxy.sock'),
    call,
    take() {
      // A link is moved as a link, and seen as one.
      renameSync(join(shared, 'call.sock'), call)
      if (!lstatSync(call).isSocket()) throw new Error('call.sock is not a socket')
    },
    isMisused() {
      const entries = opendirSync(shared)
      try {
        for (let count = 0, entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
          if (!entry.isSocket() || ++count > MAX_SOCKETS) return true
        }
        return false
      } finally {
        entries.closeSync()
      }
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}
