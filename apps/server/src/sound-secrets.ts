import { chmodSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { loadSettings, processEnvironment, weakKeyProblem } from '@koyalite/kernel'
import { databaseFileKind } from '@koyalite/sqlite'
import { SETTINGS } from './compose'
import { ProjectError } from './project-error'
import { noteOnTerminal } from './terminal-note'

export interface SecretPlaces {
  readonly dir: string
  readonly databasePath: string
  readonly key: string | null
}

/**
 * Checks before a database is opened or created: lost data is not silently replaced by a new database, and secrets are strong enough. Throws ProjectError.
 * To be called with the lock.
 */
export function requireSoundSecrets({ dir, databasePath, key }: SecretPlaces): void {
  if (databasePath === ':memory:') return
  const kind = databaseFileKind(databasePath)
  const keysDir = join(dir, 'data', 'keys')
  if (kind === 'empty') requireNeverFilled(databasePath, keysDir)
  const weakness = key === null ? null : weakKeyProblem(key)
  if (weakness !== null) {
    if (kind === 'absent' || kind === 'empty') throw new ProjectError([`database.encryption_key: ${weakness}`])
    noteOnTerminal('warning', `${weakness}, and change it with: koyalite db rekey`)
  }
  const loaded = loadSettings({ declaration: SETTINGS, dir, env: processEnvironment() })
  if (loaded.ok) for (const warning of loaded.secretWarnings) noteOnTerminal('warning', warning)
  makePrivate(keysDir)
}

/** A database that was cut to nothing looks like one that was never there: a start would replace all that was stored by nothing. */
function requireNeverFilled(databasePath: string, keysDir: string): void {
  const wal = statSync(`${databasePath}-wal`, { throwIfNoEntry: false })?.size ?? 0
  const keys = namesIn(keysDir).length
  if (wal === 0 && keys === 0) return
  const shown = wal > 0 ? `${databasePath}-wal has its changes` : `${keysDir} has its keys`
  throw new ProjectError([
    `${databasePath} is empty (0 bytes), but it had data before: ${shown}. Nothing was changed.`,
    'Keep a copy of the folder data/, and restore a backup: koyalite db restore <backup>. To start over instead, remove the file.',
  ])
}

/** Keys that others could read are theirs too. */
function makePrivate(folder: string): void {
  if (process.platform === 'win32') return
  const paths = [folder, ...namesIn(folder).map((name) => join(folder, name))]
  for (const path of paths) {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats === undefined || (stats.mode & 0o077) === 0) continue
    try {
      chmodSync(path, stats.isDirectory() ? 0o700 : 0o600)
    } catch (error) {
      throw new ProjectError([
        `${path} is readable by other users, and its permissions cannot be changed (${(error as NodeJS.ErrnoException).code}).`,
        `Change its owner to the user of the server, then run: chmod 600 ${path}`,
      ])
    }
    noteOnTerminal(
      'warning',
      `${path} was readable by other users; its permissions were fixed. If someone may have read it, rotate the keys.`,
    )
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
