import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Addresses of Unix sockets are short: 108 bytes on Linux, 104 on macOS, with the final NUL. */
const MAX_SOCKET_PATH = 100

/**
 * Where a server listens for the command line on the same machine: beside its database, readable by its owner only. Whoever
 * may open that file could open the database too, so callers there may do everything.
 */
export function controlSocketPath(databasePath: string): string {
  return socketPath(databasePath, 'koyalite')
}

/** A socket of that name beside the database; elsewhere, where that path would be too long. */
export function socketPath(databasePath: string, name: string): string {
  const beside = join(dirname(databasePath), `${name}.sock`)
  if (Buffer.byteLength(beside) <= MAX_SOCKET_PATH) return beside
  const owner = process.getuid?.() ?? 'user'
  return join(tmpdir(), `koyalite-${owner}`, `${name}-${Bun.hash(databasePath).toString(36)}.sock`)
}

/** Whether a server answers there. */
export async function controlAnswers(socket: string): Promise<boolean> {
  try {
    const response = await fetch('http://localhost/health/live', { unix: socket })
    return response.ok
  } catch {
    return false
  }
}
