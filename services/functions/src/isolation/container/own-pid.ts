import { readFileSync } from 'node:fs'

/** The process of a container as this machine knows it; null where the engine runs in another namespace, whose numbers are others here. */
export function ownPid(pid: number, container: string): number | null {
  if (process.platform !== 'linux' || pid <= 0) return null
  try {
    // The groups that engines make for a container have its id in their names.
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(container) ? pid : null
  } catch {
    return null
  }
}
