import { afterAll, beforeAll } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './until'

export interface ContainerEngine {
  /** Where it listens: the Docker API. */
  readonly socket: string
  /** Runs podman on the containers and images of this engine. @returns its output */
  podman(...args: readonly string[]): Promise<string>
}

/** Why no container can be started here; null where one can. */
export const noContainers: string | null = reason()

// The limits that Podman has by default are more than small machines allow; crun refuses machines with both versions of control groups.
const CONFIGURATION = `[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
`

/** Podman for a test file, apart from that of the machine: started before its tests, and gone with all that it made after them. */
export function useContainerEngine(): ContainerEngine {
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-podman-'))
  const socket = join(folder, 'engine.sock')
  const places = ['root', 'runroot', 'tmpdir'].flatMap((name) => [`--${name}`, join(folder, name)])
  const command = ['podman', ...places, '--storage-driver', 'vfs']
  const env = { ...process.env, CONTAINERS_CONF: join(folder, 'containers.conf') }
  const podman = async (...args: readonly string[]) => {
    const child = Bun.spawn([...command, ...args], { env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
    const [code, output, errors] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()])
    if (code !== 0) throw new Error(`podman ${args.join(' ')}: ${errors}`)
    return output
  }
  let service: Bun.Subprocess | undefined
  beforeAll(async () => {
    if (noContainers !== null) return
    writeFileSync(join(folder, 'containers.conf'), CONFIGURATION)
    const listen = ['system', 'service', '--time=0', `unix://${socket}`]
    service = Bun.spawn([...command, ...listen], { cwd: folder, env, stdio: ['ignore', 'ignore', 'ignore'] })
    const answers = () =>
      fetch('http://engine/_ping', { unix: socket }).then(
        ({ ok }) => ok,
        () => false,
      )
    await until(answers, { withinMs: 30_000 })
  }, 60_000)
  afterAll(async () => {
    if (service !== undefined) {
      await podman('rm', '--force', '--all', '--time', '0')
      service.kill('SIGTERM')
      await service.exited
    }
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)
  return { socket, podman }
}

function reason(): string | null {
  if (process.platform !== 'linux') return 'containers of tests run on Linux'
  if (process.getuid?.() !== 0) return 'containers of tests need root'
  if (Bun.which('podman') === null) return 'podman is not installed'
  if (Bun.which('runc') === null) return 'runc is not installed'
  return null
}
