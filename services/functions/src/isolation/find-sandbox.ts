import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ControlGroups } from './control-groups'
import type { Isolation } from './isolation'
import { type Bubblewrap, bubblewrapCommand, findBubblewrap, sandboxIsolation } from './sandbox-isolation'
import { seccompFilter } from './seccomp/seccomp-filter'

/**
 * Sandboxes of this machine; or why there are none: namespaces may be forbidden, in a container for instance.
 * @param folder for what they are made with
 */
export async function findSandbox(folder: string, groups: ControlGroups | null): Promise<Isolation | string> {
  const path = findBubblewrap()
  if (path === null) return 'bubblewrap (bwrap) is not installed'
  const found = await tryBubblewrap(path, writeFilter(folder))
  return typeof found === 'string' ? found : sandboxIsolation(found, groups)
}

async function tryBubblewrap(path: string, filter: string | null): Promise<Bubblewrap | string> {
  // Versions before 0.8, and kernels without a limit of namespaces, cannot forbid them; the filter does so, too.
  const strict = { path, filter, forbidsNamespaces: true }
  if ((await whyNot(strict)) === null) return strict
  const plain = { ...strict, forbidsNamespaces: false }
  return (await whyNot(plain)) ?? plain
}

async function whyNot(bubblewrap: Bubblewrap): Promise<string | null> {
  const confinement = { sockets: '/tmp', readable: [], network: 'none', memory: 1 << 30, cpu: 1, tasks: 64 } as const
  const child = Bun.spawn(bubblewrapCommand({ command: ['/bin/true'], cwd: '/' }, confinement, bubblewrap), {
    env: {},
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const [code, errors] = await Promise.all([child.exited, child.stderr.text()])
  return code === 0 ? null : `bubblewrap does not work here: ${errors.trim().slice(0, 300)}`
}

/** Where the filter of system calls is now; null where this machine has others. */
function writeFilter(folder: string): string | null {
  if (process.arch !== 'x64' && process.arch !== 'arm64') return null
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'system-calls.bpf')
  // As a whole: another server of this project may read it.
  writeFileSync(`${path}.${process.pid}`, seccompFilter(process.arch), { mode: 0o600 })
  renameSync(`${path}.${process.pid}`, path)
  return path
}
