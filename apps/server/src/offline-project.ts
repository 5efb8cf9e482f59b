import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { AppError } from '@koyalite/contracts'
import {
  formatSettingsProblem,
  loadSettings,
  processEnvironment,
  readSecretReference,
  weakKeyProblem,
} from '@koyalite/kernel'
import { changeKey, finishRestore, removeLeftovers, type StagedRestore, stageRestore } from '@koyalite/operations'
import { databaseFileKind } from '@koyalite/sqlite'
import { SETTINGS, type Settings } from './compose'
import { databasePathOf } from './load-project'
import { lockProject, makeFolders, openingError, ownCommandName } from './open-files'
import { ProjectError } from './project-error'

/** What can be done to the files of a project only while nobody has its database open. All throw ProjectError, also where somebody has. */
export interface OfflineProject {
  readonly settings: Settings
  readonly databasePath: string
  /** Does nothing else: for checks before a confirmation prompt. */
  requireUnused(): Promise<void>
  /** Replaces database, keys and files with those of a backup. Returns what was restored, and where the old ones are. */
  restore(request: RestoreRequest): Promise<{
    readonly backup: string
    readonly createdAt: string | null
    readonly aside: string
    readonly identity: StagedRestore['identity']
  }>
  /** Returns the name of the old file, if it is kept. */
  changeKey(request: KeyRequest): Promise<{ readonly kept: string | null }>
}

export interface RestoreRequest {
  /** A backup, or a folder of backups: then the newest. */
  readonly from: string
  /** `env:NAME` or `file:path`: what encrypted the backup, where the project has another key now. */
  readonly backupKey?: string
  /** The original is gone, and this it replaces the original, which must be gone. */
  readonly recover?: boolean
  /** Why what is there now cannot be served: noted beside the restore. */
  readonly problem?: string
}

/** Keys are named by `env:NAME` or `file:path`, never given themselves. Without one, that of the settings is meant. */
export interface KeyRequest {
  readonly change: 'encrypt' | 'decrypt' | 'rekey'
  readonly from?: string
  readonly to?: string
  readonly keepOld: boolean
}

/** A project whose files are to be replaced. Its schema need not be valid, nor its database. */
export function openOffline(folder: string): OfflineProject {
  const dir = resolve(folder)
  const env = processEnvironment()
  const loaded = loadSettings({ declaration: SETTINGS, dir, env, overrides: {} })
  if (!loaded.ok) throw new ProjectError(loaded.problems.map(formatSettingsProblem))
  const { settings } = loaded
  const databasePath = databasePathOf(dir, settings)
  if (databasePath === ':memory:')
    throw new ProjectError(['The database is in memory (database.path) and has no files.'])
  const keyNamed = (reference: string): string => {
    const read = readSecretReference(reference, { dir, env })
    if ('problem' in read) throw new ProjectError([read.problem])
    return read.text
  }
  const own = settings.database.encryption_key ?? undefined

  return {
    settings,
    databasePath,
    requireUnused: () => locked({ dir, databasePath }, async () => {}),
    restore: ({ from, backupKey, recover = false, problem }) =>
      locked({ dir, databasePath }, async () => {
        await removeLeftovers(databasePath)
        // One that was cut short before comes first: what it put aside must not be taken for what is there now.
        await finishRestore({ dir, databasePath })
        const { path, manifest, identity } = await stageRestore({
          dir,
          recover,
          from: resolve(from),
          databasePath,
          key: own,
          ...(problem !== undefined && { problem }),
          ...(backupKey === undefined ? {} : { backupKey: keyNamed(backupKey) }),
        })
        const aside = await finishRestore({ dir, databasePath })
        return { backup: path, createdAt: manifest?.created_at ?? null, aside: aside ?? '', identity }
      }),
    changeKey: (request) =>
      locked({ dir, databasePath }, async () => {
        await finishRestore({ dir, databasePath })
        await removeLeftovers(databasePath)
        const keys = keysOf(request, { own, databasePath, keyNamed })
        const weakness = keys.newKey === undefined ? null : weakKeyProblem(keys.newKey)
        if (weakness !== null) throw new ProjectError([weakness])
        return { kept: await changeKey({ databasePath, ...keys, keepOld: request.keepOld }) }
      }),
  }
}

async function locked<T>(
  { dir, databasePath }: { readonly dir: string; readonly databasePath: string },
  work: () => Promise<T>,
): Promise<T> {
  // A backup may be restored where nothing has ever been started.
  await makeFolders(dir, databasePath)
  const lock = await lockProject(databasePath, { command: ownCommandName(), serves: false })
  try {
    return await work()
  } catch (error) {
    if (error instanceof AppError) throw new ProjectError([error.message])
    throw openingError(error, databasePath)
  } finally {
    lock.release()
  }
}

interface KnownKeys {
  readonly own: string | undefined
  readonly databasePath: string
  keyNamed(reference: string): string
}

function keysOf(
  { change, from, to }: KeyRequest,
  { own, databasePath, keyNamed }: KnownKeys,
): { readonly key: string | undefined; readonly newKey: string | undefined } {
  if (!existsSync(databasePath)) {
    throw new ProjectError([
      `There is no database at ${databasePath} yet; the first start creates it, encrypted if a key is set.`,
    ])
  }
  const isPlain = databaseFileKind(databasePath) !== 'opaque'
  const chosen = (reference: string | undefined) => (reference === undefined ? own : keyNamed(reference))
  switch (change) {
    case 'encrypt': {
      if (!isPlain) throw new ProjectError(['The database is already encrypted; to change the key: koyalite db rekey'])
      return { key: undefined, newKey: required(chosen(to), '--to') }
    }
    case 'decrypt': {
      if (isPlain) throw new ProjectError(['The database is not encrypted.'])
      return { key: required(chosen(from), '--from'), newKey: undefined }
    }
    case 'rekey': {
      if (isPlain) throw new ProjectError(['The database is not encrypted; to encrypt it: koyalite db encrypt'])
      const keys = { key: required(chosen(from), '--from'), newKey: required(chosen(to), '--to') }
      if (keys.key === keys.newKey) {
        throw new ProjectError([
          'The old and the new key are the same. Pass the new key with --to, or the old key with --from if the settings already have the new one.',
        ])
      }
      return keys
    }
  }
}

function required(key: string | undefined, option: string): string {
  if (key !== undefined) return key
  throw new ProjectError([
    `No key: set database.encryption_key, or pass one with ${option} env:NAME or ${option} file:/path/to/key.`,
  ])
}
