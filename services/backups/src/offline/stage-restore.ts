import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '@koyalite/contracts'
import { databaseFileKind, examineFile, recodeFile, settleFile } from '@koyalite/sqlite'
import { DATABASE_FILE, MANIFEST_FILE } from '../backup-manifest'
import { type FoundBackup, findBackup, unpackTar } from '../backup-place'
import { copyFilePrivately, filesIn, publish, syncTree, timestampName, writePrivately } from '../durable-files'
import { damagedFiles, databaseProblems } from '../operations/verify-backup'
import { RESTORE_FILE, stagedAt } from './finish-restore'

export interface StageRestore {
  /** A backup in any form, or a folder of backups: then the newest. */
  readonly from: string
  readonly databasePath: string
  /** What encrypts the project's database; undefined: nothing. */
  readonly key: string | undefined
  /** What encrypted the backup, where that is another one. */
  readonly backupKey?: string | undefined
}

/**
 * Copies a backup beside the database and verifies the copy: checksums, every page, the key. From then on, `finishRestore` puts it in place, at the next
 * start if need be. Until then nothing of the project has changed. Nobody else may have the database open.
 */
export async function stageRestore(options: StageRestore): Promise<FoundBackup> {
  const { from, databasePath, key } = options
  const backup = await findBackup(from)
  const staged = stagedAt(databasePath)
  const part = `${staged}.part`
  await rm(part, { recursive: true, force: true })
  try {
    await copyBackup(backup, part)
    const damaged = await damagedFiles(backup.form === 'database' ? { ...backup, form: 'folder' } : backup, part)
    if (damaged.length > 0) throw unusable(backup, damaged)
    await rm(join(part, MANIFEST_FILE), { force: true })
    await prepareDatabase(backup, join(part, DATABASE_FILE), options)
    const aside = `before-restore-${timestampName(Date.now())}`
    await writePrivately(join(part, RESTORE_FILE), JSON.stringify({ aside: freeName(dirname(databasePath), aside) }))
    await syncTree(part)
    await publish(part, staged)
    return backup
  } finally {
    await rm(part, { recursive: true, force: true })
  }

  function unusable(backup: FoundBackup, problems: readonly string[]): AppError {
    const hint =
      key === undefined || options.backupKey !== undefined ? '' : ' If it has another key, name it with --backup-key.'
    const isKey = problems.some((problem) => problem.includes('key'))
    return new AppError(
      'INVALID_REQUEST',
      `${backup.path} cannot be restored: ${problems.slice(0, 3).join('; ')}.${isKey ? hint : ''} Nothing was changed.`,
    )
  }

  async function prepareDatabase(backup: FoundBackup, file: string, { key, backupKey }: StageRestore): Promise<void> {
    const isPlain = databaseFileKind(file) === 'plain'
    const itsKey = isPlain ? undefined : (backupKey ?? key)
    const problems = await databaseProblems(file, itsKey)
    if (problems.length > 0) throw unusable(backup, problems)
    if ((await examineFile(file, itsKey)).epoch === null) {
      throw unusable(backup, ['it is no database of KoyaLite; koyalite init --from adopts other SQLite files'])
    }
    if (!isPlain && key === undefined) {
      throw unusable(backup, ['it is encrypted, and the project has no database.encryption_key'])
    }
    if (itsKey !== key) {
      await recodeFile({ from: file, key: itsKey, to: `${file}.recoded`, newKey: key })
      for (const suffix of ['', '-wal', '-shm']) await rm(`${file}${suffix}`, { force: true })
      await rename(`${file}.recoded`, file)
    }
    await settleFile(file, { newEpoch: true, ...(key === undefined ? {} : { key }) })
  }
}

async function copyBackup(backup: FoundBackup, to: string): Promise<void> {
  switch (backup.form) {
    case 'tar':
      return unpackTar(backup.path, to)
    case 'folder':
      for (const file of await filesIn(backup.path)) await copyFilePrivately(join(backup.path, file), join(to, file))
      return
    case 'database':
      await copyFilePrivately(backup.path, join(to, DATABASE_FILE))
      // A plain copy of a database may have its last changes there.
      if (existsSync(`${backup.path}-wal`))
        await copyFilePrivately(`${backup.path}-wal`, join(to, `${DATABASE_FILE}-wal`))
  }
}

function freeName(folder: string, name: string): string {
  for (let n = 1; ; n++) {
    const path = join(folder, n === 1 ? name : `${name}-${n}`)
    if (!existsSync(path)) return path
  }
}
