import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  type Stats,
  statSync,
  unlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { AppError } from '@koyalite/contracts'

/** Addresses of Unix sockets are short: 108 bytes on Linux, 104 on macOS, with the final NUL. */
const MAX_ADDRESS = 100
const DESCRIPTORS = '/proc/self/fd'

/** A Unix socket in a folder that nobody else could have put there. */
export interface PrivateSocket {
  readonly path: string
  /** What this process listens on or connects to, until `close`. */
  readonly address: string
  close(): void
}

export interface SocketPlace {
  readonly path: string
  /** User id of whose project it is: root works on projects of others too. */
  readonly owner: number
}

/**
 * The place for a socket to listen on. What a killed server left there is removed: the caller holds the lock that says that nobody listens.
 * @throws AppError UNAVAILABLE where others could replace the socket, or something else is in its place
 */
export function prepareSocket(place: SocketPlace): PrivateSocket {
  const socket = openPlace(place)
  try {
    const found = lstatSync(socket.address, { throwIfNoEntry: false })
    if (found !== undefined && !found.isSocket()) {
      throw refused(`${socket.path} is not a socket: move it, because the server needs that path`)
    }
    if (found !== undefined) unlinkSync(socket.address)
    return socket
  } catch (error) {
    socket.close()
    throw error
  }
}

/**
 * The socket that a server of the same user (or of the project's owner, for root) has made there; null if there is none.
 * @throws AppError UNAVAILABLE where it is somebody else's: what is sent there, keys and passwords among it, would be theirs
 */
export function findSocket(place: SocketPlace): PrivateSocket | null {
  if (statSync(dirname(socketPath(place.path)), { throwIfNoEntry: false }) === undefined) return null
  const socket = openPlace(place)
  try {
    const found = lstatSync(socket.address, { throwIfNoEntry: false })
    if (found !== undefined) {
      if (!found.isSocket())
        throw refused(`${socket.path} is not a socket: remove it; a running server creates its own`)
      requireTrusted(found, place, `The socket ${socket.path}`)
      return socket
    }
  } catch (error) {
    socket.close()
    throw error
  }
  socket.close()
  return null
}

function openPlace(place: SocketPlace): PrivateSocket {
  const path = socketPath(place.path)
  const folder = dirname(path)
  if (path !== place.path) mkdirSync(folder, { recursive: true, mode: 0o700 })
  const name = basename(path)
  if (!hasDescriptorPaths()) {
    requireTrusted(path === place.path ? statSync(folder) : lstatSync(folder), place, `The folder ${folder}`)
    return { path, address: path, close() {} }
  }
  // By the open folder: what was verified is what is used, and the address is short, however long the path is.
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    requireTrusted(fstatSync(descriptor), place, `The folder ${folder}`)
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
  let open = true
  return {
    path,
    address: `${DESCRIPTORS}/${descriptor}/${name}`,
    close() {
      if (open) closeSync(descriptor)
      open = false
    },
  }
}

/** Only where folders cannot be named by their descriptors: a short path in a folder of this user's. */
function socketPath(wanted: string): string {
  if (hasDescriptorPaths() || Buffer.byteLength(wanted) <= MAX_ADDRESS) return wanted
  const folder = join(tmpdir(), `koyalite-${process.getuid?.() ?? 'user'}`)
  return join(folder, `${basename(wanted, '.sock')}-${Bun.hash(wanted).toString(36)}.sock`)
}

function hasDescriptorPaths(): boolean {
  return process.platform === 'linux' && statSync(DESCRIPTORS, { throwIfNoEntry: false }) !== undefined
}

/** Throws where it belongs to a stranger, or everybody may replace it. */
function requireTrusted(stats: Stats, { owner }: SocketPlace, what: string): void {
  const user = process.geteuid?.()
  // Windows has no such owners; its sockets have the rights of their folder.
  if (user === undefined) return
  const trusted = user === 0 ? [0, owner] : [user, 0]
  if (!trusted.includes(stats.uid)) {
    throw refused(
      `${what} belongs to another user (uid ${stats.uid}) and is not trusted: run this command as that user, or remove it`,
    )
  }
  if (!stats.isDirectory()) return
  const isSticky = (stats.mode & 0o1000) !== 0
  if ((stats.mode & 0o002) !== 0 && !isSticky) {
    throw refused(`${what} is writable by every user of this machine: run chmod o-w on it, then try again`)
  }
}

function refused(message: string): AppError {
  return new AppError('UNAVAILABLE', message)
}
