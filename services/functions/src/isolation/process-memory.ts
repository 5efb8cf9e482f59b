import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import type { ProgramUsage } from './isolation'

/** Whether a process has ended, though its parent may not have been told: then it is a zombie. Elsewhere than on Linux nobody can say. */
export function hasEnded(pid: number): boolean {
  if (process.platform !== 'linux') return false
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // After the name, which may hold anything.
    return 'ZX'.includes(status.slice(status.lastIndexOf(')') + 2, status.lastIndexOf(')') + 3))
  } catch {
    return true
  }
}

const PAGE = 4096
/** Of a list of children no more is read: it has hundreds then, and the list of a fork bomb takes seconds. */
const children = Buffer.alloc(2048)

/**
 * What a process and its descendants have in memory, in bytes; null where that cannot be read (elsewhere than on Linux), 0 where it has ended. `processes`
 * counts them, as far as `enough`.
 */
export function processMemory(pid: number, enough: number): ProgramUsage | null {
  if (process.platform !== 'linux') return null
  let bytes = 0
  let processes = 0
  const open = [pid]
  for (let next = open.pop(); next !== undefined && processes < enough; next = open.pop()) {
    try {
      bytes += Number(readFileSync(`/proc/${next}/statm`, 'utf8').split(' ')[1]) * PAGE
      processes++
      for (const thread of readdirSync(`/proc/${next}/task`))
        open.push(...childrenOf(`/proc/${next}/task/${thread}/children`))
    } catch {
      // It has ended meanwhile.
    }
  }
  return { bytes, processes }
}

function childrenOf(path: string): number[] {
  const file = openSync(path, 'r')
  try {
    const size = readSync(file, children)
    const pids = children.toString('latin1', 0, size).split(' ')
    // The last one ends with a space, unless it was cut.
    pids.pop()
    return pids.map(Number)
  } finally {
    closeSync(file)
  }
}
