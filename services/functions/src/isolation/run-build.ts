import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Outbound } from '@koyalite/kernel'
import { startEgressProxy } from '../egress/egress-proxy'
import { makeSocketFolder } from '../pool/instance-socket'
import { parseHost } from '../source/manifest/network'
import { within } from '../within'
import type { Isolations } from './choose-isolation'
import type { Confined } from './isolation'
import { outputTail } from './output-tail'

/** A command that builds something, or installs packages: what it runs was written by others. */
export interface Build {
  readonly command: readonly string[]
  /** One of `writable`: its home, and where it puts temporary files, unless `env` says. */
  readonly cwd: string
  /** Besides PATH, HOME, TMPDIR, LANG, TZ and the proxy: nothing is inherited. */
  readonly env?: Readonly<Record<string, string>>
  /** Files and folders that it may read, besides the system's own. */
  readonly readable: readonly string[]
  /** Folders that it may write to. Each is there. */
  readonly writable: readonly string[]
  /** What it may connect to, `host:port` each: registries. None: no network. */
  readonly hosts?: readonly string[]
  /** Bytes, by default 2 GB. */
  readonly memory?: number
  readonly timeoutMs: number
}

export interface BuildEnd {
  /** What it wrote to both of its outputs: the end of it. */
  readonly output: string
  /** Why it failed: "exit code 1", "took more than 60 s". Null: it did not. */
  readonly exit: string | null
  /** Connections that were not made, and why. */
  readonly refused: readonly string[]
  /** `host:port` of each. */
  readonly refusedPlaces: readonly string[]
}

export interface BuildRunnerOptions {
  readonly isolations: Isolations
  readonly outbound: Pick<Outbound, 'addresses'>
  /** The folder of the programs that the server carries. */
  readonly programs: string
  /** The executable of Bun, or one that carries it, and what makes it Bun. */
  readonly bun: { readonly executable: string; readonly env: Readonly<Record<string, string>> }
}

export interface BuildRunner {
  run(build: Build): Promise<BuildEnd>
  /** Ends what runs. */
  close(): void
}

const MAX_MEMORY = 2 * 1024 ** 3
const MAX_PROCESSES = 400
/** Threads too: compilers have many. */
const MAX_TASKS = 4_000
const MEASURE_MS = 200
const LEFT_BEHIND_MS = 2_000
const PATH = '/usr/local/bin:/usr/bin:/bin'

/** Runs builds of all languages: confined as instances are, in a sandbox where there is one, without anything of the server's environment. */
export function createBuildRunner(options: BuildRunnerOptions): BuildRunner {
  const isolation = options.isolations.named('sandbox') ?? options.isolations.strongest
  const ends = new Set<(why: string) => void>()
  let isClosed = false

  async function run(build: Build): Promise<BuildEnd> {
    const { hosts = [], writable, cwd, memory = MAX_MEMORY } = build
    if (isClosed) return { output: '', exit: 'the server stops', refused: [], refusedPlaces: [] }
    const folder = makeSocketFolder()
    const refused: string[] = []
    const refusedPlaces: string[] = []
    const proxy = startEgressProxy(folder.proxy, {
      network: hosts.flatMap((host) => parseHost(host) ?? []),
      refusal(place) {
        refusedPlaces.push(place)
        return `a build may not reach ${place}: only ${hosts.join(', ')}`
      },
      outbound: options.outbound,
      onRefused: (message) => void refused.push(message),
    })
    try {
      const confinement = {
        sockets: folder.shared,
        readable: [...build.readable, ...(hosts.length > 0 ? [options.programs, options.bun.executable] : [])],
        writable,
        network: 'none' as const,
        ...{ memory, cpu: availableParallelism(), tasks: MAX_TASKS },
      }
      const socket = join(isolation.socketsFolder(confinement), 'proxy.sock')
      const env = { PATH, HOME: cwd, TMPDIR: cwd, LANG: 'C.UTF-8', TZ: 'UTC', NO_COLOR: '1', ...build.env }
      const program = isolation.start(
        hosts.length > 0
          ? { command: withEgress(build.command, socket), cwd, env: { ...options.bun.env, ...env } }
          : { command: build.command, cwd, env },
        confinement,
      )
      return { ...(await follow(program, { memory, timeoutMs: build.timeoutMs })), refused, refusedPlaces }
    } finally {
      proxy.close()
      folder.remove()
    }
  }

  /** Neither the .env nor the bunfig.toml of the folder is read. */
  function withEgress(command: readonly string[], socket: string): readonly string[] {
    const config = `--config=${join(options.programs, 'bunfig.toml')}`
    const egress = join(options.programs, 'egress.js')
    return [options.bun.executable, '--no-env-file', config, '--no-install', egress, socket, ...command]
  }

  async function follow(
    program: Confined,
    { memory, timeoutMs }: { readonly memory: number; readonly timeoutMs: number },
  ): Promise<Pick<BuildEnd, 'output' | 'exit'>> {
    let why: string | null = null
    const end = (reason: string) => {
      why ??= reason
      program.kill()
    }
    ends.add(end)
    const late = setTimeout(() => end(`took more than ${timeoutMs / 1000} s`), timeoutMs)
    const measure = setInterval(() => {
      const found = program.usage(MAX_PROCESSES)
      if (found === null) return
      if (found.bytes > memory) end(outOfMemory(memory))
      else if (found.processes >= MAX_PROCESSES) end(`started ${MAX_PROCESSES} processes`)
    }, MEASURE_MS)
    const output = outputTail([program.stdout, program.stderr])
    const { code, signal, isOutOfMemory, failure } = await program.ended
    if (isOutOfMemory) why ??= outOfMemory(memory)
    clearTimeout(late)
    clearInterval(measure)
    ends.delete(end)
    // What it has left behind elsewhere may hold its output open.
    await within(LEFT_BEHIND_MS, output.ended)
    const ended = code === 0 ? null : (signal ?? `exit code ${code}`)
    return { output: output.text(), exit: why ?? failure ?? ended }
  }

  return {
    run,
    close() {
      isClosed = true
      for (const end of ends) end('the server stops')
    },
  }
}

function outOfMemory(bytes: number): string {
  return `used more than ${Math.round(bytes / 1024 ** 2)} MB of memory`
}
