import { readFileSync } from 'node:fs'
import { readdir, stat, statfs } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { backupsIn } from '../backup-place'
import { filesIn } from '../durable-files'
import { type Finding, note, ok, problem, some } from './finding'

/** Where the files of a project are. */
export interface ProjectPlaces {
  readonly dir: string
  readonly databasePath: string
  /** Absolute. */
  readonly backups: string
}

/** Everything in `data/` may be read by its owner only, except for what users have uploaded; nobody else may put anything there. */
export async function checkPermissions({ dir, databasePath, backups }: ProjectPlaces): Promise<Finding> {
  const check = 'permissions'
  if (process.platform === 'win32') return ok(check, 'file permissions are not checked on Windows')
  const data = join(dir, 'data')
  const inside = (await filesIn(data)).filter((name) => !IGNORED.test(name)).map((name) => join(data, name))
  const saved = (await filesIn(backups)).map((name) => join(backups, name))
  const readable = await having(0o077, new Set([...(await besides(databasePath)), ...inside, ...saved]))
  const writable = await having(0o022, new Set([data, dirname(databasePath), backups]))
  const named = (paths: readonly string[]) => paths.map((path) => relative(dir, path) || path)
  if (readable.length > 0) {
    const open = named(readable)
    return problem(check, `other users can read ${some(open)}`, `chmod 600 ${open.slice(0, 5).join(' ')}`)
  }
  if (writable.length > 0) {
    const open = named(writable)
    return problem(check, `other users can write to ${some(open)}`, `chmod 700 ${open.join(' ')}`)
  }
  return ok(check, 'only the owner can read the database, keys, logs and backups')
}

/** Uploads are served to others anyway; SQLite gives the WAL and its index, which come and go, the rights of the database; sockets have their own. */
const IGNORED = /^files[/\\]|-(?:wal|shm)$|\.sock$/

/** The paths that have any of these bits of mode. */
async function having(bits: number, paths: ReadonlySet<string>): Promise<readonly string[]> {
  const found: string[] = []
  for (const path of paths) {
    const { mode } = await stat(path).catch(() => ({ mode: 0 }))
    if ((mode & bits) !== 0) found.push(path)
  }
  return found
}

/** The database, and what restores and changes of key keep beside it. */
async function besides(databasePath: string): Promise<readonly string[]> {
  const folder = dirname(databasePath)
  const name = databasePath.slice(folder.length + 1)
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile() && entry.name.startsWith(name) && !IGNORED.test(entry.name))
    .map((entry) => join(folder, entry.name))
    .sort()
}

const LOW_SHARE = 0.05
const MB = 1024 * 1024

export async function checkDiskSpace({ databasePath }: ProjectPlaces): Promise<Finding> {
  const check = 'disk space'
  const { bavail, bsize, blocks } = await statfs(dirname(databasePath))
  const free = bavail * bsize
  const size = (await stat(databasePath).catch(() => ({ size: 0 }))).size
  const text = `${Math.round(free / MB)} MB are free, the database has ${Math.ceil(size / MB)} MB`
  if (free > 2 * size + 64 * MB && free > LOW_SHARE * blocks * bsize) return ok(check, text)
  return problem(
    check,
    `${text}: not enough for a backup or a migration`,
    'Free some space, or move the project (or backups.dir) to a larger disk.',
  )
}

/** Mount points are marked read-only in /proc/mounts; elsewhere writing will tell. */
export function checkWritable({ databasePath }: ProjectPlaces): Finding | null {
  let mounts: readonly (readonly string[])[]
  try {
    mounts = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
  } catch {
    return null
  }
  const folder = dirname(databasePath)
  const inside = mounts.filter(([, point]) => point !== undefined && isInside(folder, point))
  const [, point, , options] = inside.sort((a, b) => (b[1]?.length ?? 0) - (a[1]?.length ?? 0))[0] ?? []
  if (!options?.split(',').includes('ro')) return null
  return problem(
    'file system',
    `${point} is mounted read-only`,
    'Remount it read-write: the server cannot store anything there.',
  )
}

function isInside(folder: string, point: string): boolean {
  return point === '/' || folder === point || folder.startsWith(`${point}/`)
}

const SCHEDULE_BACKUPS = 'koyalite db backup --schedule "0 3 * * *" --keep 7'
/** An older backup is a finding, unless backups are scheduled. */
const RECENT_MS = 7 * 86_400_000

/** @param backups the folder that they are in */
export async function checkBackups(
  backups: string,
  plan: { readonly scheduled: boolean; readonly lastFailure: string | null },
): Promise<Finding> {
  const check = 'backups'
  if (plan.lastFailure !== null) {
    return problem(
      check,
      `the last scheduled backup failed: ${plan.lastFailure}`,
      'Fix the cause, then run koyalite db backup.',
    )
  }
  const [newest] = await backupsIn(backups)
  const schedule = plan.scheduled ? '' : ', and none is scheduled'
  if (newest === undefined) {
    const advice = plan.scheduled
      ? 'The schedule makes the first one. To make one now, run koyalite db backup.'
      : SCHEDULE_BACKUPS
    return note(check, `there is no backup yet${schedule}`, advice)
  }
  const made = newest.manifest?.created_at
  const text = `the newest was made at ${made}${schedule}`
  const isOld = made === undefined || Date.now() - Date.parse(made) > RECENT_MS
  return isOld && !plan.scheduled ? note(check, text, SCHEDULE_BACKUPS) : ok(check, text)
}
