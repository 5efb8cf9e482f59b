import type { Confinement, Launch } from '../isolation'
import { STDERR, STDOUT } from './output-pipes'

/** Whom a container belongs to: what another start of the same project has left is removed. */
export interface Owner {
  /** Stands for the folder of the project. */
  readonly project: string
  /** Of this start of the server. */
  readonly boot: string
}

export interface ContainerSetup {
  readonly owner: Owner
  /** The image that it is made of. */
  readonly image: string
  /** Files and folders of this machine that it sees besides those of its confinement, read-only. */
  readonly system: readonly string[]
  readonly user: ContainerUser
  /** The folder of the pipes that its output goes to. */
  readonly output: string
}

/** As whom the program runs, and whom its sockets belong to. */
export interface ContainerUser {
  readonly uid: number
  readonly gid: number
  /** How that user is one of this machine: null where users are the same. */
  readonly userns: 'keep-id' | null
}

/** Where it finds its sockets: the address of a socket is short. */
export const SOCKETS = '/s'
export const PROJECT_LABEL = 'koyalite.project'
export const BOOT_LABEL = 'koyalite.boot'

/** Where it finds what its output goes to. */
export const OUTPUT = '/o'

const MB = 1024 * 1024
/** Bytes of a file that it writes. */
const MAX_FILE = { call: 64 * MB, build: 2048 * MB } as const

/** What the engine is asked for. Each line of it is a part of the wall. */
export function containerSpec(launch: Launch, confinement: Confinement, setup: ContainerSetup): object {
  const { sockets, readable, writable = [], network, memory, cpu, tasks } = confinement
  const { owner, image, system, user, output } = setup
  const isShared = network === 'all'
  return {
    Image: image,
    Entrypoint: [],
    Cmd: ['/bin/sh', '-c', `exec "$@" >${OUTPUT}/${STDOUT} 2>${OUTPUT}/${STDERR}`, 'sh', ...launch.command],
    Env: Object.entries(launch.env).map(([name, value]) => `${name}=${value}`),
    WorkingDir: launch.cwd,
    // To remove it is to end it at once.
    StopSignal: 'SIGKILL',
    User: `${user.uid}:${user.gid}`,
    ...(isShared ? {} : { Hostname: 'function' }),
    Labels: { [PROJECT_LABEL]: owner.project, [BOOT_LABEL]: owner.boot },
    HostConfig: {
      ReadonlyRootfs: true,
      NetworkMode: isShared ? 'host' : 'none',
      CapDrop: ['ALL'],
      // Labels of SELinux would keep it from its own sockets.
      SecurityOpt: ['no-new-privileges', 'label=disable'],
      ...(user.userns === null ? {} : { UsernsMode: user.userns }),
      Memory: memory,
      // With what it may swap: nothing.
      MemorySwap: memory,
      NanoCpus: Math.round(cpu * 1e9),
      PidsLimit: tasks,
      Ulimits: [
        limit('core', 0),
        limit('nofile', 4096),
        limit('nproc', 32_768),
        limit('fsize', writable.length > 0 ? MAX_FILE.build : MAX_FILE.call),
      ],
      ShmSize: MB,
      Tmpfs: { '/tmp': `rw,exec,nosuid,nodev,mode=1777,size=${64 * MB}` },
      Mounts: [
        ...readOnly([...system, ...readable.filter((path) => !isInside(path, system))]),
        ...writable.map((path) => ({ Type: 'bind', Source: path, Target: path, ReadOnly: false })),
        { Type: 'bind', Source: sockets, Target: SOCKETS, ReadOnly: false },
        { Type: 'bind', Source: output, Target: OUTPUT, ReadOnly: true },
      ],
      LogConfig: { Type: 'none' },
      RestartPolicy: { Name: 'no' },
    },
  }
}

function readOnly(paths: readonly string[]): readonly object[] {
  return [...new Set(paths)].map((path) => ({ Type: 'bind', Source: path, Target: path, ReadOnly: true }))
}

function isInside(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`))
}

function limit(Name: string, value: number): object {
  return { Name, Soft: value, Hard: value }
}
