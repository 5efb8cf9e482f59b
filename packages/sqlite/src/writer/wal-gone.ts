import type { Connection } from '../driver/driver'

/** The WAL is not where it was: its folder was moved, or somebody removed or replaced the file. */
export class WalGoneError extends Error {
  override readonly name = 'WalGoneError'
}

/** The message about a failed sync, in one line: what happened and what to do. Saves the contents of a missing WAL if possible. */
export function fatalMessage(
  error: Error,
  { path, connection }: { readonly path: string; readonly connection: Connection },
): string {
  if (!(error instanceof WalGoneError)) {
    return `writing to the disk failed (${error.message}), so the server exits. Check the disk of ${path}; the next start recovers all acknowledged writes.`
  }
  const saved = saveWal(connection)
    ? 'Its content was saved to the database file.'
    : 'Its content is lost unless you put the file back; otherwise restore a backup (koyalite db restore).'
  return `${error.message}: the folder was moved or the file removed while the server was running, so the server exits. ${saved} Start it again in the new location of the folder.`
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
