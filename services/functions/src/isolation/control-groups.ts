import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How the kernel of Linux bounds a group of processes, whoever owns them: limits of users do not hold for those of root. */
export interface ControlGroups {
  make(limits: GroupLimits): ControlGroup
}

export interface GroupLimits {
  /** Bytes. */
  readonly memory: number
  /** Processors, in parts too. */
  readonly cpu: number
  /** Processes and threads. */
  readonly tasks: number
}

export interface ControlGroup {
  /** A process that writes `0` to each of these files is in the group from then on, with all that it starts. */
  readonly joins: readonly string[]
  /** Whether the kernel has ended a process because the group was out of memory. */
  ranOutOfMemory(): boolean
  /** Ends all that is in it. */
  kill(): void
  /** Removes it once it is empty. */
  remove(): Promise<void>
}

/** Files of a group, by what they bound; values as the kernel wants them. */
interface Version {
  /** Folders that a group is made in: one of version 2, one for each controller of version 1. */
  readonly parents: readonly string[]
  /** What a group has to have for these limits, by its parent. */
  settings(limits: GroupLimits): readonly (readonly [file: string, value: string])[]
  /** What tells that a process was ended: the file, and how it says so. */
  readonly outOfMemory: { readonly file: string; readonly pattern: RegExp }
}

const CONTROLLERS = ['pids', 'memory', 'cpu'] as const
/** The kernel's bound is there for what grows faster than the server looks; it counts the files in /tmp as well. */
const MEMORY_ABOVE = 1.25
const FILES = 64 * 1024 * 1024
const PERIOD_US = 100_000
/** Of a thousand, for a group that competes with the server. */
const LOW_SHARE = { v1: '256', v2: '25' } as const

const V2 = {
  settings: ({ memory, cpu, tasks }: GroupLimits) =>
    [
      ['pids.max', String(tasks)],
      ['memory.max', String(Math.round(memory * MEMORY_ABOVE + FILES))],
      ['memory.swap.max', '0'],
      ['cpu.max', `${Math.round(cpu * PERIOD_US)} ${PERIOD_US}`],
      ['cpu.weight', LOW_SHARE.v2],
    ] as const,
  outOfMemory: { file: 'memory.events', pattern: /^oom_kill [1-9]/m },
}

const V1 = {
  settings: ({ memory, cpu, tasks }: GroupLimits) =>
    [
      ['pids.max', String(tasks)],
      ['memory.limit_in_bytes', String(Math.round(memory * MEMORY_ABOVE + FILES))],
      ['cpu.cfs_period_us', String(PERIOD_US)],
      ['cpu.cfs_quota_us', String(Math.round(cpu * PERIOD_US))],
      ['cpu.shares', LOW_SHARE.v1],
    ] as const,
  outOfMemory: { file: 'memory.oom_control', pattern: /^oom_kill [1-9]/m },
}

/**
 * What this server may make groups with; null where it may not: elsewhere than on Linux, and where neither root nor the system has given it groups of its own.
 * @param root where groups are mounted
 * @param own the groups of this process, as in /proc/self/cgroup
 */
export function findControlGroups(root = '/sys/fs/cgroup', own = ownGroups()): ControlGroups | null {
  if (own === null) return null
  for (const version of versionsAt(root, own)) {
    try {
      const groups = openGroups(version)
      groups.make({ memory: 1 << 30, cpu: 1, tasks: 64 }).remove()
      return groups
    } catch {
      // Not allowed, or without one of the controllers.
    }
  }
  return null
}

function* versionsAt(root: string, own: string): Generator<Version> {
  const paths = new Map(
    own.split('\n').flatMap((line) => {
      const [, controllers, path] = /^\d+:([^:]*):(.+)$/.exec(line) ?? []
      return path === undefined ? [] : (controllers ?? '').split(',').map((name) => [name, path] as const)
    }),
  )
  if (existsSync(join(root, 'cgroup.controllers'))) {
    // One that the system has given to this server; else, as root, one beside those of the system.
    for (const path of new Set([paths.get('') ?? '/', '/'])) yield { ...V2, parents: [join(root, path)] }
  } else if (CONTROLLERS.every((name) => existsSync(join(root, name)))) {
    yield { ...V1, parents: CONTROLLERS.map((name) => join(root, name, paths.get(name) ?? '/')) }
  }
}

function openGroups({ parents, settings, outOfMemory }: Version): ControlGroups {
  const mine = parents.map((parent) => join(parent, `koyalite-${process.pid}`))
  for (const parent of parents) removeStale(parent)
  for (const folder of mine) {
    mkdirSync(folder, { recursive: true })
    if (parents.length === 1)
      writeFileSync(join(folder, 'cgroup.subtree_control'), CONTROLLERS.map((name) => `+${name}`).join(' '))
  }
  process.once('exit', () => mine.forEach(removeEmpty))
  let made = 0
  return {
    make(limits) {
      const name = String(made++)
      const folders = mine.map((folder) => join(folder, name))
      for (const folder of folders) mkdirSync(folder)
      const place = (file: string) => folders.map((folder) => join(folder, file)).find((path) => existsSync(path))
      try {
        for (const [file, value] of settings(limits)) {
          const path = place(file)
          // A kernel without swap has no bound of it.
          if (path !== undefined) writeFileSync(path, value)
          else if (file !== 'memory.swap.max') throw new Error(`control groups here have no ${file}`)
        }
      } catch (error) {
        for (const folder of folders) rmdirSync(folder)
        throw error
      }
      const kill = () => killAll(folders)
      return {
        joins: folders.map((folder) => join(folder, 'cgroup.procs')),
        ranOutOfMemory: () => outOfMemory.pattern.test(textOf(place(outOfMemory.file))),
        kill,
        async remove() {
          for (let attempt = 0; attempt < REMOVALS && folders.some((folder) => existsSync(folder)); attempt++) {
            if (attempt > 0) await Bun.sleep(attempt * 20)
            kill()
            for (const folder of folders) removeEmpty(folder)
          }
        },
      }
    },
  }
}

/** What has ended is in its group until its parent knows. */
const REMOVALS = 20

function killAll(folders: readonly string[]): void {
  const [folder = ''] = folders
  const all = join(folder, 'cgroup.kill')
  try {
    if (existsSync(all)) writeFileSync(all, '1')
    else
      for (const pid of textOf(join(folder, 'cgroup.procs')).split('\n'))
        if (Number(pid) > 1) process.kill(Number(pid), 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}

/** Of a server that was killed. */
function removeStale(parent: string): void {
  for (const name of namesIn(parent)) {
    const pid = /^koyalite-(\d+)$/.exec(name)?.[1]
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue
    for (const group of namesIn(join(parent, name))) removeEmpty(join(parent, name, group))
    removeEmpty(join(parent, name))
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // It is gone, or not empty: then it is tried again, by this server or the next.
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function textOf(path: string | undefined): string {
  try {
    return path === undefined ? '' : readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function ownGroups(): string | null {
  return process.platform === 'linux' ? textOf('/proc/self/cgroup') : null
}
