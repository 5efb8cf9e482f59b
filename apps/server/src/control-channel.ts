import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findSocket, type PrivateSocket, prepareSocket, type SocketPlace } from '@koyalite/kernel'

/** On every response there: KOYALITE_ENV of the server, which a command beside it may not know. */
export const ENVIRONMENT_HEADER = 'koyalite-environment'

/**
 * Where a server listens for the command line on the same machine: beside its database, readable by its owner only. Whoever
 * may open that file could open the database too, so callers there may do everything.
 */
export function prepareControlSocket(databasePath: string): PrivateSocket {
  return prepareSocket(placeOf(databasePath, 'koyalite'))
}

/** Where the workers of a server reach the process that stores. */
export function prepareWorkersSocket(databasePath: string): PrivateSocket {
  return prepareSocket(workersSocket(databasePath))
}

export function workersSocket(databasePath: string): SocketPlace {
  return placeOf(databasePath, 'koyalite-workers')
}

/** The control socket of a server that answers; null where none does. @throws AppError where it is a stranger's */
export async function findControl(databasePath: string): Promise<PrivateSocket | null> {
  const socket = findSocket(placeOf(databasePath, 'koyalite'))
  if (socket === null) return null
  try {
    const response = await fetch('http://localhost/health/live', { unix: socket.address })
    if (response.ok) return socket
  } catch {
    // Left behind by a server that was killed.
  }
  socket.close()
  return null
}

function placeOf(databasePath: string, name: string): SocketPlace {
  const folder = dirname(databasePath)
  const owner = statSync(databasePath, { throwIfNoEntry: false }) ?? statSync(folder, { throwIfNoEntry: false })
  return { path: join(folder, `${name}.sock`), owner: owner?.uid ?? 0 }
}
