import { existsSync } from 'node:fs'
import type { ControlGroups } from './control-groups'
import type { Confinement, Isolation, Launch } from './isolation'
import { LIMITS } from './process-isolation'
import { spawnConfined } from './spawn-confined'
import { SYSTEM_FOLDERS } from './system-folders'

/** Where an instance finds its sockets: the address of a socket is short. */
const SOCKETS = '/s'
/** Not the user of the server, whatever that is: nothing inside belongs to it. */
const USER = '1000'
/** Files of at most 64 MB, of builds 2 GB, in blocks of 512 bytes; of processes and threads as many as the ordinary user of a kernel that counts them by namespaces may have. */
const MAX_BLOCKS = { call: 131_072, build: 4_194_304 } as const
const MAX_PROCESSES = '{ ulimit -u 512 || ulimit -p 512; } 2>/dev/null'

/** What makes sandboxes here. */
export interface Bubblewrap {
  readonly path: string
  /** The file of the filter of system calls; null on machines that it is not known for. */
  readonly filter: string | null
  /** Whether this version can forbid namespaces within. */
  readonly forbidsNamespaces: boolean
}

/**
 * bubblewrap: namespaces of its own for processes, files, network and users; no capabilities; nothing of the machine to write to. What is not bound
 * here does not exist inside.
 */
export function sandboxIsolation(bubblewrap: Bubblewrap, groups: ControlGroups | null): Isolation {
  return {
    name: 'sandbox',
    socketsFolder: () => SOCKETS,
    start: (launch, confinement) =>
      spawnConfined(
        {
          command: bubblewrapCommand(launch, confinement, bubblewrap),
          // bubblewrap passes on its own environment, which is this one alone. On its command line everybody on the machine could read it.
          env: launch.env,
          cwd: '/',
        },
        confinement,
        groups,
      ),
  }
}

export function bubblewrapCommand(
  { command, cwd }: Pick<Launch, 'command' | 'cwd'>,
  { sockets, readable, writable = [], network }: Confinement,
  { path: bubblewrap, filter, forbidsNamespaces }: Bubblewrap,
): string[] {
  const blocks = writable.length > 0 ? MAX_BLOCKS.build : MAX_BLOCKS.call
  return [
    // The filter is passed by a descriptor, which bubblewrap closes when it has read it.
    ...(filter === null ? [bubblewrap] : ['/bin/sh', '-c', 'exec "$@" 3<"$0"', filter, bubblewrap, '--seccomp', '3']),
    '--unshare-all',
    ...(forbidsNamespaces ? ['--unshare-user', '--disable-userns'] : []),
    ...(network === 'all' ? ['--share-net'] : []),
    ...['--die-with-parent', '--new-session'],
    ...['--uid', USER, '--gid', USER, '--cap-drop', 'ALL', '--hostname', 'function'],
    ...SYSTEM_FOLDERS.flatMap((path) => ['--ro-bind-try', path, path]),
    ...(network === 'all' ? ['/etc/resolv.conf', '/etc/hosts', '/etc/nsswitch.conf'] : []).flatMap((path) => [
      ...['--ro-bind-try', path, path],
    ]),
    ...['--proc', '/proc', '--dev', '/dev'],
    ...['--size', String(64 * 1024 * 1024), '--tmpfs', '/tmp'],
    ...readable.flatMap((path) => ['--ro-bind', path, path]),
    ...writable.flatMap((path) => ['--bind', path, path]),
    ...['--bind', sockets, SOCKETS],
    // Both are in memory that no limit counts.
    ...['--remount-ro', '/', '--remount-ro', '/dev'],
    ...['--chdir', cwd],
    ...['--', '/bin/sh', '-c', `${LIMITS}; ulimit -f ${blocks}; ${MAX_PROCESSES}; exec "$@"`, 'sh', ...command],
  ]
}

/** Where bubblewrap is installed, in the folders of the system. Null: it is not, or this is no Linux. */
export function findBubblewrap(): string | null {
  if (process.platform !== 'linux') return null
  return ['/usr/bin/bwrap', '/usr/local/bin/bwrap'].find((path) => existsSync(path)) ?? null
}
