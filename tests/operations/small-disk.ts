import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system of its own, in memory. */
export interface SmallDisk {
  readonly path: string
  /** Makes it read-only, or writable again. */
  remount(mode: 'ro' | 'rw'): void
  remove(): void
}

/** Null: this user may not mount anything here. */
export function smallDisk(megabytes: number): SmallDisk | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null
  const path = mkdtempSync(join(tmpdir(), 'koyalite-disk-'))
  const run = (...command: string[]) => Bun.spawnSync(command, { stdio: ['ignore', 'ignore', 'ignore'] }).success
  if (!run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path)) {
    rmSync(path, { recursive: true })
    return null
  }
  return {
    path,
    remount(mode) {
      if (!run('mount', '-o', `remount,${mode}`, path)) throw new Error(`${path} could not be remounted ${mode}`)
    },
    remove() {
      // A process that is just ending may still be there.
      run('umount', '-l', path)
      rmSync(path, { recursive: true, force: true })
    },
  }
}

export function canMount(): boolean {
  const disk = smallDisk(1)
  disk?.remove()
  return disk !== null
}

/** A project's folder on a disk: the interface of TempProject, without making it. */
export function projectOn(disk: SmallDisk, files: Readonly<Record<string, string>>) {
  const dir = join(disk.path, 'project')
  mkdirSync(dir)
  const project = {
    dir,
    path: (name: string) => join(dir, name),
    write(name: string, text: string) {
      mkdirSync(join(dir, name, '..'), { recursive: true })
      writeFileSync(join(dir, name), text)
    },
    remove: () => disk.remove(),
  }
  for (const [name, text] of Object.entries(files)) project.write(name, text)
  return project
}
