import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '@koyalite/contracts'
import { createKeyFile, INSTANCE_FILE, readInstance } from '@koyalite/kernel'
import { databaseFileKind, examineFile, recodeFile, settleFile, type TableContents } from '@koyalite/sqlite'
import { DATABASE_FILE, MANIFEST_FILE } from '../backup-manifest'
import { type FoundBackup, findBackup, unpackTar } from '../backup-place'
import { copyFilePrivately, filesIn, publish, syncTree, timestampName, writePrivately } from '../durable-files'
import { damagedFiles, databaseProblems } from '../operations/verify-backup'
import { RESTORED_META, type RestoreNote } from '../restore/restore-note'
import { RESTORE_FILE, stagedAt } from './finish-restore'

export interface StageRestore {
  /** The project's folder: who it is decides whether this is a restore in place. */
  readonly dir: string
  /** The original is gone, and this folder takes its place: it is the same installation from now on. */
  readonly recover?: boolean
  /** A backup in any form, or a folder of backups: then the newest. */
  readonly from: string
  readonly databasePath: string
  /** What encrypts the project's database; undefined: nothing. */
  readonly key: string | undefined
  /** What encrypted the backup, where that is another one. */
  readonly backupKey?: string | undefined
  /** What of the present stays, where the same installation goes on; asked last. Absent: nothing stays. */
  readonly kept?: () => KeptOverRestore
  /** Why what is there now cannot be served: noted in the restored database. */
  readonly problem?: string
}

export interface KeptOverRestore {
  /** Rows as they are now. */
  readonly contents: readonly TableContents[]
  readonly note: RestoreNote
}

/**
 * Copies a backup beside the database and verifies the copy: checksums, every page, the key. From then on, `finishRestore` puts it in place, at the next
 * start if need be. Until then nothing of the project has changed. Nobody else may have the database open.
 */
export async function stageRestore(options: StageRestore): Promise<StagedRestore> {
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
    const keys = join(options.dir, 'data', KEYS)
    const identity = await stageIdentity(join(part, KEYS), keys, options.recover === true)
    if (options.kept !== undefined) {
      if (identity === 'copy') throw unusable(backup, ['it is of another installation; koyalite db restore takes it'])
      await keepKeys(join(part, KEYS), keys)
    }
    await prepareDatabase(backup, join(part, DATABASE_FILE), options)
    const aside = `before-restore-${timestampName(Date.now())}`
    await writePrivately(join(part, RESTORE_FILE), JSON.stringify({ aside: freeName(dirname(databasePath), aside) }))
    await syncTree(part)
    await publish(part, staged)
    return { ...backup, identity }
  } finally {
    await rm(part, { recursive: true, force: true })
  }

  function unusable(backup: FoundBackup, problems: readonly string[]): AppError {
    const hint =
      key === undefined || options.backupKey !== undefined ? '' : ' If it has another key, pass it with --backup-key.'
    const isKey = problems.some((problem) => problem.includes('key'))
    return new AppError(
      'INVALID_REQUEST',
      `${backup.path} cannot be restored: ${problems.slice(0, 3).join('; ')}.${isKey ? hint : ''} Nothing was changed.`,
    )
  }

  async function prepareDatabase(
    backup: FoundBackup,
    file: string,
    { key, backupKey, kept, problem }: StageRestore,
  ): Promise<void> {
    const isPlain = databaseFileKind(file) === 'plain'
    const itsKey = isPlain ? undefined : (backupKey ?? key)
    const problems = await databaseProblems(file, itsKey)
    if (problems.length > 0) throw unusable(backup, problems)
    if ((await examineFile(file, itsKey)).epoch === null) {
      throw unusable(backup, ['it is not a KoyaLite database; koyalite init --from adopts other SQLite files'])
    }
    if (!isPlain && key === undefined) {
      throw unusable(backup, ['it is encrypted, but the project has no database.encryption_key'])
    }
    if (itsKey !== key) {
      await recodeFile({ from: file, key: itsKey, to: `${file}.recoded`, newKey: key })
      for (const suffix of ['', '-wal', '-shm']) await rm(`${file}${suffix}`, { force: true })
      await rename(`${file}.recoded`, file)
    }
    const { contents, note } = kept?.() ?? { contents: [], note: { at: new Date().toISOString(), problem } }
    const meta = { [RESTORED_META]: JSON.stringify(note) }
    await settleFile(file, { newEpoch: true, meta, contents, ...(key === undefined ? {} : { key }) })
  }
}

/** A backup that waits to be put in place. */
export interface StagedRestore extends FoundBackup {
  /** `unknown`: it has no keys, so the next start finds out. */
  readonly identity: 'kept' | 'copy' | 'unknown'
}

const KEYS = 'keys'
/** What makes an installation the one it is; `secrets.json` opens what the database holds sealed. */
const IDENTITY_FILES = [INSTANCE_FILE, 'access-tokens.json']
const SECRETS_FILE = 'secrets.json'

/**
 * In place, a restore keeps the project's id and keys. Elsewhere the same id and keys would make two installations that open each other: there they are left
 * out, and the next start makes others.
 */
async function stageIdentity(staged: string, current: string, recover: boolean): Promise<StagedRestore['identity']> {
  if (!existsSync(staged)) return 'unknown'
  if (recover || (await isSameInstance(staged, current))) return 'kept'
  for (const file of IDENTITY_FILES) await rm(join(staged, file), { force: true })
  return 'copy'
}

async function isSameInstance(staged: string, current: string): Promise<boolean> {
  const [there, here] = [await readInstance(staged), await readInstance(current)]
  if (there !== null) return there.id === here?.id
  // Of before there were ids: the same if it has a signing key of those that are here.
  const kids = async (dir: string) =>
    (await createKeyFile<{ readonly kid: string }>(dir, 'access-tokens.json').read()).map(({ kid }) => kid)
  const known = await kids(current)
  return (await kids(staged)).some((kid) => known.includes(kid))
}

/** Keys that sign stay, so that sign-ins do; those that open what is sealed are needed for both states. */
async function keepKeys(staged: string, current: string): Promise<void> {
  for (const file of IDENTITY_FILES) {
    await rm(join(staged, file), { force: true })
    if (existsSync(join(current, file))) await copyFilePrivately(join(current, file), join(staged, file))
  }
  const [mine, restored] = [secretKeys(current), secretKeys(staged)]
  const now = await mine.read()
  const before = (await restored.read()).filter(({ id }) => !now.some((key) => key.id === id))
  await restored.write([...now, ...before])
}

function secretKeys(folder: string) {
  return createKeyFile<{ readonly id: string }>(folder, SECRETS_FILE)
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
