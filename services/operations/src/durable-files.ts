import { createReadStream } from 'node:fs'
import { chmod, copyFile, cp, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** SHA-256 as hex, and the size. */
export async function checksumOf(path: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = new Bun.CryptoHasher('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** All files below a folder, by their paths in it with `/`; none where there is no folder. Links are not followed: they may lead anywhere, or in a circle. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  return (await entriesIn(folder)).flatMap(({ path, isFile }) => (isFile ? [path] : [])).sort()
}

/** Files and folders; the recursion of `readdir` would follow links. */
async function entriesIn(
  folder: string,
  below = '',
): Promise<readonly { readonly path: string; readonly isFile: boolean }[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
  const found: { path: string; isFile: boolean }[] = []
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isFile()) found.push({ path, isFile: true })
    if (entry.isDirectory()) found.push({ path, isFile: false }, ...(await entriesIn(folder, path)))
  }
  return found
}

/** Copies a folder's files, for their owner only. */
export async function copyPrivately(from: string, to: string): Promise<void> {
  for (const file of await filesIn(from)) await copyFilePrivately(join(from, file), join(to, file))
}

export async function copyFilePrivately(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  await copyFile(from, to)
  await chmod(to, 0o600)
}

export async function writePrivately(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(path, text, { mode: 0o600 })
}

/** Makes files, and the names of everything on the way to them, durable. */
export async function syncTree(folder: string): Promise<void> {
  const entries = await entriesIn(folder)
  for (const { path } of entries.filter(({ isFile }) => isFile)) await syncPath(join(folder, path))
  for (const { path } of entries.filter(({ isFile }) => !isFile)) await syncPath(join(folder, path))
  await syncPath(folder)
}

export async function syncPath(path: string): Promise<void> {
  const isFolder = (await stat(path)).isDirectory()
  // Windows neither can nor needs to sync a folder.
  if (isFolder && process.platform === 'win32') return
  const handle = await open(path, isFolder ? 'r' : 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Renames a finished file or folder to its final name, durably. */
export async function publish(from: string, to: string): Promise<void> {
  await rename(from, to)
  await syncPath(dirname(to))
}

/** `rename`, also from one file system to another: then by a copy that gets its name when it is complete. */
export async function moveTree(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  try {
    await rename(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    const part = `${to}.part`
    await rm(part, { recursive: true, force: true })
    await cp(from, part, { recursive: true, preserveTimestamps: true })
    await rename(part, to)
    await rm(from, { recursive: true })
  }
  await syncPath(dirname(to))
  await syncPath(dirname(from))
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

export function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}

/** `20261121T011400Z`: sorts by time, and is a file name everywhere. */
export function timestampName(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, '')
}
