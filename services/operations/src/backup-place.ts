import { createReadStream, createWriteStream } from 'node:fs'
import { lstat, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '@koyalite/contracts'
import { extract, pack } from 'tar-stream'
import { type BackupManifest, DATABASE_FILE, MANIFEST_FILE, parseManifest } from './backup-manifest'
import { filesIn, isMissing, syncPath } from './durable-files'

/**
 * The three forms of a backup. `folder`: the database, keys, files and the manifest. `tar`: the same in one file. `database`: the database
 * alone, with the manifest beside it as `<file>.json`.
 */
export type BackupForm = 'folder' | 'tar' | 'database'

/** The form that a backup of this name has or gets. */
export function formOf(path: string): BackupForm {
  if (path.endsWith('.tar')) return 'tar'
  return /\.(?:db|sqlite|sqlite3)$/.test(path) ? 'database' : 'folder'
}

export interface FoundBackup {
  readonly path: string
  readonly form: BackupForm
  /** Null: a database file without one. */
  readonly manifest: BackupManifest | null
}

/** Looks at what lies at a path. Throws NOT_FOUND or INVALID_REQUEST that says what is there instead. */
export async function findBackup(path: string): Promise<FoundBackup> {
  const found = await stat(path).catch((error: unknown) => {
    if (isMissing(error)) throw new AppError('NOT_FOUND', `There is no backup at ${path}.`)
    throw error
  })
  if (!found.isDirectory()) {
    if (!found.isFile()) throw notABackup(path, 'it is neither a file nor a folder')
    if (formOf(path) === 'tar') return { path, form: 'tar', manifest: await manifestInTar(path) }
    const beside = await readText(`${path}.json`)
    const manifest = beside === null ? null : parseManifest(beside)
    if (beside !== null && manifest === null) throw notABackup(path, `${path}.json cannot be read`)
    return { path, form: 'database', manifest }
  }
  const text = await readText(join(path, MANIFEST_FILE))
  if (text === null) return newestIn(path)
  const manifest = parseManifest(text)
  if (manifest === null) throw notABackup(path, 'its manifest cannot be read')
  return { path, form: 'folder', manifest }
}

/** The backups in a folder of backups, newest first. What is not finished is none. */
export async function backupsIn(folder: string): Promise<readonly FoundBackup[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
  const found = await Promise.all(
    names
      .filter((name) => !name.includes('.part-') && !name.endsWith('.json'))
      .map((name) => backupNamed(join(folder, name)).catch(() => null)),
  )
  return found
    .filter((backup) => backup !== null && backup.manifest !== null)
    .sort((a, b) => ((b?.manifest?.created_at ?? '') < (a?.manifest?.created_at ?? '') ? -1 : 1)) as FoundBackup[]
}

/** Null: it is not a backup. A link is not one either, wherever it leads: retention would remove what belongs to another folder. */
async function backupNamed(path: string): Promise<FoundBackup | null> {
  const found = await lstat(path)
  if (found.isSymbolicLink()) return null
  // Not findBackup: a folder without a manifest is not looked into.
  if (found.isDirectory() && (await readText(join(path, MANIFEST_FILE))) === null) return null
  return findBackup(path)
}

async function newestIn(folder: string): Promise<FoundBackup> {
  const [newest] = await backupsIn(folder)
  if (newest === undefined) throw notABackup(folder, 'it has no manifest')
  return newest
}

function notABackup(path: string, why: string): AppError {
  return new AppError('INVALID_REQUEST', `${path} is not a complete backup: ${why}.`)
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** Writes a folder as one file, the manifest first. */
export async function packFolder(folder: string, to: string): Promise<void> {
  await pipeline(packed({ path: folder, form: 'folder' }), createWriteStream(to, { flags: 'wx', mode: 0o600 }))
  await syncPath(to)
}

/** The files of a backup as one archive, the manifest first. */
export function packed({ path, form }: Pick<FoundBackup, 'path' | 'form'>): AsyncIterable<Uint8Array> {
  const archive = pack()
  const fill = async (): Promise<void> => {
    for (const [name, file] of form === 'folder' ? await filesOf(path) : databaseFiles(path)) {
      const { size, mtime } = await stat(file)
      await pipeline(createReadStream(file), archive.entry({ name, size, mtime, mode: 0o600 }))
    }
    archive.finalize()
  }
  fill().catch((error: unknown) => archive.destroy(error as Error))
  return archive as AsyncIterable<Uint8Array>
}

/** Names in the archive, with the files that they are of. */
async function filesOf(folder: string): Promise<readonly (readonly [string, string])[]> {
  const files = [...(await filesIn(folder))].sort((a, b) => Number(b === MANIFEST_FILE) - Number(a === MANIFEST_FILE))
  return files.map((name) => [name, join(folder, name)])
}

function databaseFiles(path: string): readonly (readonly [string, string])[] {
  return [
    [MANIFEST_FILE, `${path}.json`],
    [DATABASE_FILE, path],
  ]
}

/** Puts a backup's files below a folder: `koyalite.db` and, where there are any, `keys/…` and `files/…`. */
export async function unpackTar(path: string, folder: string): Promise<void> {
  try {
    for await (const entry of tarEntries(path)) {
      const { name } = entry.header
      if (entry.header.type !== 'file' || name.startsWith('/') || name.split(/[/\\]/).includes('..')) {
        throw notABackup(path, `it contains ${JSON.stringify(name)}`)
      }
      await mkdir(dirname(join(folder, name)), { recursive: true, mode: 0o700 })
      // Not a pipeline: where the archive is cut off, the entry may have ended before one could notice, and it would wait for ever.
      // Its types do not say that it is iterable.
      await writeFile(join(folder, name), entry as AsyncIterable<Buffer>, { mode: 0o600 })
    }
  } catch (error) {
    throw isOfArchive(error) ? notABackup(path, 'it is truncated or damaged') : error
  }
}

/** What tar-stream throws has no code, unlike what the file system says. */
function isOfArchive(error: unknown): boolean {
  if (error instanceof AppError || !(error instanceof Error)) return false
  return !('code' in error) || error.code === 'STREAM_DESTROYED' || error.code === 'PREMATURE_CLOSE'
}

async function manifestInTar(path: string): Promise<BackupManifest> {
  try {
    for await (const entry of tarEntries(path)) {
      if (entry.header.name !== MANIFEST_FILE) break
      const chunks: Buffer[] = []
      for await (const chunk of entry) chunks.push(chunk as Buffer)
      const manifest = parseManifest(Buffer.concat(chunks).toString('utf8'))
      if (manifest !== null) return manifest
      break
    }
  } catch {
    // Not a tar archive, or cut off: the error below says so.
  }
  throw notABackup(path, 'it does not start with a manifest')
}

function tarEntries(path: string) {
  const archive = extract()
  const source = createReadStream(path)
  source.on('error', (error) => archive.destroy(error))
  source.pipe(archive)
  return archive
}

/** Removes a backup, whatever its form. */
export async function removeBackup({ path, form }: FoundBackup): Promise<void> {
  // The manifest first: the rest of an interrupted removal is then not a backup.
  await rm(form === 'folder' ? join(path, MANIFEST_FILE) : `${path}.json`, { force: true })
  await rm(path, { recursive: true, force: true })
}
