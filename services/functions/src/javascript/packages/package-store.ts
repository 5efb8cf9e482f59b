import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { printableText } from '@koyalite/contracts'
import type { Registry } from '../../isolation/registries'
import type { BuildEnd, BuildRunner } from '../../isolation/run-build'
import type { SourceProblem } from '../../source/source-problem'
import { collectPackages, markUsed } from '../../versions/collect-packages'
import { lockProblems } from './check-lock'
import type { WantedPackages } from './wanted-packages'

export interface PackageStoreOptions {
  /** The project's folder. */
  readonly dir: string
  /** Where what was installed is kept: a folder for each lockfile. */
  readonly folder: string
  readonly builder: Pick<BuildRunner, 'run'>
  readonly bun: { readonly executable: string; readonly env: Readonly<Record<string, string>> }
  registry(): Promise<Registry>
  /** Whether a lockfile that is not there is written: under `dev`. */
  readonly writesLocks: boolean
  /** Bytes of all that is installed. */
  limit(): number
}

export interface InstallOptions {
  /** Packages whose install scripts run. */
  readonly trusted: readonly string[]
  readonly buildEnv: Readonly<Record<string, string>>
}

export type Installed =
  /** The folder node_modules. */
  { readonly ok: true; readonly modules: string } | { readonly ok: false; readonly problems: readonly SourceProblem[] }

export interface PackageStore {
  install(wanted: WantedPackages, options: InstallOptions): Promise<Installed>
}

const TIMEOUT_MS = 180_000
const WORK = '.install-'
const FLAGS = ['--no-progress', '--no-summary', '--linker=hoisted', '--backend=copyfile']
const SHOWN_LINES = 8

/** Packages from npm, installed once for each lockfile, confined. */
export function createPackageStore({
  dir,
  folder,
  builder,
  bun,
  registry,
  writesLocks,
  limit,
}: PackageStoreOptions): PackageStore {
  mkdirSync(folder, { recursive: true })
  // Of a server that was killed while it installed.
  for (const name of readdirSync(folder)) if (name.startsWith(WORK)) rmSync(join(folder, name), { recursive: true })
  const running = new Map<string, Promise<Installed>>()
  /** Asked for since the start: they are read when a function is built again. */
  const asked = new Set<string>()

  async function install(wanted: WantedPackages, options: InstallOptions): Promise<Installed> {
    const { file, text } = wanted.lock
    const at = (message: string): Installed => ({ ok: false, problems: [{ file, position: null, message }] })
    if (text === null && !writesLocks)
      return at(`is not there: ${wanted.file} needs it. koyalite dev writes it; commit it with the functions`)
    const key = keyOf(wanted, options)
    const modules = join(folder, key, 'node_modules')
    asked.add(key)
    if (existsSync(modules)) {
      markUsed(join(folder, key))
      return { ok: true, modules }
    }
    const started = running.get(key) ?? installNow(wanted, options).finally(() => running.delete(key))
    running.set(key, started)
    return started
  }

  async function installNow(wanted: WantedPackages, options: InstallOptions): Promise<Installed> {
    const { file, text } = wanted.lock
    const work = mkdtempSync(join(realpathSync(folder), WORK))
    const fault = (message: string): Installed => ({
      ok: false,
      problems: [{ file: wanted.file, position: null, message }],
    })
    try {
      writeFiles(work, wanted, options.trusted)
      const resolved = text === null ? await run(work, ['--lockfile-only'], options) : null
      if (resolved !== null && resolved.exit !== null) return fault(failureText(resolved))
      const lock = text ?? readFileSync(join(work, 'bun.lock'), 'utf8')
      const problems = lockProblems(lock, (await registry()).url)
      if (problems.length > 0)
        return { ok: false, problems: problems.map((message) => ({ file, position: null, message })) }
      const ended = await run(work, ['--frozen-lockfile'], options)
      if (ended.exit !== null) return fault(failureText(ended))
      mkdirSync(join(work, 'node_modules'), { recursive: true })
      const way = linkOutside(join(work, 'node_modules'))
      if (way !== null) return fault(`has a package with a link out of its folder: ${way}`)
      if (text === null) {
        mkdirSync(dirname(join(dir, file)), { recursive: true })
        writeFileSync(join(dir, file), lock)
      }
      return await keep(work, keyOf({ ...wanted, lock: { file, text: lock } }, options))
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  }

  async function run(work: string, flags: readonly string[], { trusted, buildEnv }: InstallOptions) {
    const { url, hosts } = await registry()
    return builder.run({
      command: [
        ...[bun.executable, `--config=${join(work, 'bunfig.toml')}`, 'install', ...FLAGS, `--registry=${url}`],
        ...flags,
        ...(trusted.length === 0 ? ['--ignore-scripts'] : []),
      ],
      cwd: work,
      env: { ...bun.env, ...buildEnv, BUN_INSTALL_CACHE_DIR: join(work, '.cache') },
      readable: [bun.executable],
      writable: [work],
      hosts,
      timeoutMs: TIMEOUT_MS,
    })
  }

  /** Whole or not at all. */
  async function keep(work: string, key: string): Promise<Installed> {
    const place = join(folder, key)
    rmSync(join(work, '.cache'), { recursive: true, force: true })
    if (!existsSync(place)) renameSync(work, place)
    asked.add(key)
    await collectPackages({ folder, used: asked, limit: limit() })
    return { ok: true, modules: join(place, 'node_modules') }
  }

  return { install }
}

function keyOf({ manifest, lock }: WantedPackages, { trusted, buildEnv }: InstallOptions): string {
  const machine = [process.platform, process.arch, Bun.version]
  const scripts = trusted.length === 0 ? null : [[...trusted].sort(), Object.entries(buildEnv).sort()]
  const all = JSON.stringify([manifest, lock.text, scripts, machine])
  return new Bun.CryptoHasher('sha256').update(all).digest('hex').slice(0, 32)
}

/** No setting of the project is among them: a .npmrc or bunfig.toml would name other registries. */
function writeFiles(work: string, { manifest, lock }: WantedPackages, trusted: readonly string[]): void {
  writeFileSync(join(work, 'package.json'), JSON.stringify({ ...manifest, trustedDependencies: trusted }))
  writeFileSync(join(work, 'bunfig.toml'), '')
  if (lock.text !== null) writeFileSync(join(work, 'bun.lock'), lock.text)
}

function failureText({ output, exit, refused }: BuildEnd): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !/^bun install v/.test(line))
  const said = [...refused, ...lines.slice(-SHOWN_LINES)].map(printableText).join('; ')
  return `packages could not be installed (${exit})${said === '' ? '' : `: ${said}`}`
}

/** A link that leads out of the folder; null: there is none. */
function linkOutside(folder: string): string | null {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue
    const path = join(entry.parentPath, entry.name)
    if (!targetOf(path)?.startsWith(folder + sep)) return path.slice(folder.length + 1)
  }
  return null
}

function targetOf(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}
