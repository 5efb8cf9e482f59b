import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks of Linux, in which /proc counts processor time. */
const TICKS_PER_SECOND = 100

/** Resident memory of a process and everything it has started. */
export function residentBytes(pid: number): number {
  return treeOf(pid).reduce((sum, one) => {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${one}/status`, 'utf8'))?.[1] ?? 0
    return sum + Number(kilobytes) * 1024
  }, 0)
}

/** Processor time that a process and everything it has started have used: unlike requests per second, hardly changed by what else the machine does. */
export function processorSeconds(pid: number): number {
  return treeOf(pid).reduce((sum, one) => {
    const stat = readFileSync(`/proc/${one}/stat`, 'utf8')
    // The command's name, in parentheses, may hold spaces; user and system time are the 14th and 15th field of the line.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return sum + (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  }, 0)
}

function treeOf(pid: number): readonly number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  )
  return [pid, ...children.flatMap((child) => treeOf(Number(child)))]
}
