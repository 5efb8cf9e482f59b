import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { copyChatSchema } from './chat-project'
import { onServerCore } from './cores'
import { freePort } from './free-port'
import type { PeerKind } from './wires/wire'

/** A server to be measured: what it is called in the tables, and how it is started on fresh data. */
export interface Peer {
  readonly name: string
  readonly kind: PeerKind
  command(dataFolder: string, port: number): readonly string[]
  /** Path that answers 200 once it serves. */
  readonly readyPath: string
  /** The command that makes a key and prints it as JSON. */
  keyCommand?(dataFolder: string): readonly string[]
  /** The command that writes typed clients. */
  generateCommand?(dataFolder: string): readonly string[]
  /** KoyaLite only: the same, called otherwise, with another command that serves and its options. */
  serving?(name: string, words: readonly string[]): Peer
  /** Runs wherever the system puts it, and is not stopped while others are measured; else on the servers' core. */
  readonly onAllCores?: true
}

export interface RunningPeer {
  readonly peer: Peer
  readonly port: number
  readonly pid: number
  readonly dataFolder: string
  /** A key that opens everything, where the server has such keys; for preparing data, never in what is measured. */
  readonly key: string | undefined
  /** From the start of the process to its first 200. */
  readonly startMs: number
  /** Freezes it while another one is measured. */
  pause(): void
  resume(): void
  /** Ends it and leaves its data. */
  end(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

const ROOT = join(import.meta.dir, '../..')
const WORK = join(ROOT, 'bench/.work')
const POCKETBASE_SOURCE = join(ROOT, 'bench/peers/pocketbase')
const SOURCE = [process.execPath, '--no-env-file', join(ROOT, 'apps/cli/src/main.ts')]
const EXECUTABLE = join(ROOT, 'dist/koyalite')

const FLOOR: Peer = {
  name: 'floor',
  kind: 'floor',
  command: (folder, port) => [process.execPath, join(ROOT, 'bench/peers/floor/main.ts'), folder, String(port)],
  readyPath: '/health/ready',
}

/** KoyaLite as its users have it: the single executable as it was built last; undefined where it was not. */
export function executablePeer(): Peer | undefined {
  return existsSync(EXECUTABLE) ? koyalite('koyalite', [EXECUTABLE], ['start']) : undefined
}

/** Another checkout of KoyaLite, with its dependencies installed, run from source: what a change is compared with. */
export function checkoutPeer(folder: string): Peer {
  const main = resolve(folder, 'apps/cli/src/main.ts')
  if (!existsSync(main)) throw new Error(`${folder} is not a checkout of KoyaLite`)
  return koyalite('before', [process.execPath, '--no-env-file', main], ['start'])
}

/**
 * The peers that this machine can run, KoyaLite first; says which are left out, and why.
 * @param wanted their names; undefined: all.
 */
export async function availablePeers(
  wanted: readonly string[] | undefined,
  runs: 'source' | 'executable',
): Promise<readonly Peer[]> {
  const isWanted = (name: string) => wanted === undefined || wanted.includes(name)
  const ours = runs === 'source' ? koyalite('koyalite', SOURCE, ['start']) : executablePeer()
  if (ours === undefined) throw new Error('dist/koyalite is not there; `npm run build` makes it')
  const peers = [ours, FLOOR].filter(({ name }) => isWanted(name))
  const pocketbase = isWanted('pocketbase') ? await buildPocketBase() : undefined
  if (pocketbase !== undefined) {
    peers.push({
      name: 'pocketbase',
      kind: 'pocketbase',
      command: (folder, port) => [pocketbase, folder, String(port)],
      readyPath: '/api/health',
    })
  }
  return peers
}

/** @param dataFolder of an earlier run that has ended; by default a fresh one */
export async function startPeer(
  peer: Peer,
  dataFolder = mkdtempSync(join(tmpdir(), `koyalite-bench-${peer.kind}-`)),
): Promise<RunningPeer> {
  const port = freePort()
  const words = peer.command(dataFolder, port)
  const started = performance.now()
  const child = Bun.spawn([...(peer.onAllCores ? words : onServerCore(words))], {
    env: peerEnvironment(),
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: Bun.file(join(dataFolder, 'stderr.log')),
  })
  while (child.exitCode === null && !(await responses(port, peer.readyPath))) await Bun.sleep(1)
  if (child.exitCode !== null) {
    const said = await Bun.file(join(dataFolder, 'stderr.log')).text()
    rmSync(dataFolder, { recursive: true, force: true })
    throw new Error(`${peer.name} ended with ${child.exitCode}: ${said}`)
  }
  const startMs = performance.now() - started
  const end = async () => {
    child.kill('SIGCONT')
    child.kill('SIGTERM')
    const slow = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await child.exited
    clearTimeout(slow)
  }
  return {
    peer,
    port,
    pid: child.pid,
    dataFolder,
    key: makeKey(peer, dataFolder),
    startMs,
    pause() {
      // One of several processes that is stopped looks hung to the others.
      if (!peer.onAllCores) child.kill('SIGSTOP')
    },
    resume: () => child.kill('SIGCONT'),
    end,
    async stop() {
      await end()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

async function responses(port: number, path: string): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined)
  return response?.status === 200
}

function koyalite(name: string, words: readonly string[], serve: readonly string[]): Peer {
  return {
    name,
    kind: 'koyalite',
    command(folder, port) {
      copyChatSchema(folder)
      return [...words, ...serve, '--dir', folder, '--port', String(port)]
    },
    readyPath: '/health/ready',
    keyCommand: (folder) => [...words, 'keys', 'create', '--json', '--dir', folder],
    generateCommand: (folder) => [...words, 'generate', '--dir', folder],
    serving: (other, serve) => koyalite(other, words, serve),
  }
}

function makeKey(peer: Peer, dataFolder: string): string | undefined {
  if (peer.keyCommand === undefined) return undefined
  const made: { key: string } = JSON.parse(
    Bun.spawnSync([...peer.keyCommand(dataFolder)], { env: peerEnvironment() }).stdout.toString(),
  )
  return made.key
}

/** Of this process, without what KoyaLite would take for a setting: a peer has the settings that its project says. */
function peerEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KOYALITE_')))
}

/** Builds PocketBase from its Go module, once per version; returns the path of the executable, undefined if that is not possible. */
async function buildPocketBase(): Promise<string | undefined> {
  const source = ['main.go', 'go.mod'].map((name) => readFileSync(join(POCKETBASE_SOURCE, name), 'utf8')).join('')
  const path = join(WORK, `pocketbase-peer-${Bun.hash(source).toString(16)}`)
  if (existsSync(path)) return path
  if (Bun.which('go') === null) {
    console.log('skipped: PocketBase (Go is not installed)')
    return undefined
  }
  console.log('building PocketBase from its Go module; the first time takes some minutes')
  rmSync(WORK, { recursive: true, force: true })
  mkdirSync(WORK, { recursive: true })
  const build = Bun.spawn(['go', 'build', '-trimpath', '-ldflags=-s -w', '-o', path, '.'], {
    cwd: POCKETBASE_SOURCE,
    env: { ...process.env, CGO_ENABLED: '0' },
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const errors = await new Response(build.stderr).text()
  if ((await build.exited) === 0) return path
  console.log(`skipped: PocketBase (the build failed: ${errors.trim().split('\n').at(-1)})`)
  return undefined
}
