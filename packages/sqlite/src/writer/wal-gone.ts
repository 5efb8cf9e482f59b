import type { Connection } from '../driver/driver'

/** The WAL is not where it was: its folder was moved, or somebody removed or replaced the file. */
export class WalGoneError extends Error {
  override readonly name = 'WalGoneError'
}

/** What is said of a sync that failed, in a line: what has happened, and what to do. Saves what a WAL that is gone held, where that is possible. */
export function fatalMessage(
  error: Error,
  { path, connection }: { readonly path: string; readonly connection: Connection },
): string {
  if (!(error instanceof WalGoneError)) {
    return `writing to the disk failed (${error.message}), so the server ends. See to the disk of ${path}; the next start recovers everything that was acknowledged.`
  }
  const saved = saveWal(connection)
    ? 'What it held was saved to the database file.'
    : 'What it held is lost where it does not come back: put it back, or restore a backup (koyalite db restore).'
  return `${error.message}: the folder was moved, or the file removed, while the server ran, so the server ends. ${saved} Start it again where the folder is now.`
}

/** Our descriptors still lead to both files: what is committed goes from one into the other, wherever they are. */
function saveWal(connection: Connection): boolean {
  try {
    const [busy] = connection.prepare('PRAGMA wal_checkpoint(TRUNCATE)').raw(true).get([]) ?? []
    return busy === 0
  } catch {
    return false
  }
}
