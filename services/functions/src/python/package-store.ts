import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Registry } from '../isolation/registries'
import type { BuildRunner } from '../isolation/run-build'
import { collectPackages, markUsed } from '../versions/collect-packages'
import { compileFolder } from './compile-folder'
import { filesOf, type Interpreter } from './interpreter'
import { hashOfLines, lockText, readLock } from './lock-file'
import { packageProblem } from './package-problems'
import type { Requirements } from './requirements'

export interface PackageStoreOptions {
  /** The project's folder. */
  readonly dir: string
  /** Where installed packages are kept, by the hash of what they are. */
  readonly folder: string
  /** The folder of the programs for Python that the server carries. */
  readonly programs: string
  readonly builder: BuildRunner
  /** Whether a lock file that is missing, or of other packages, is written: under `dev`. */
  readonly writesLocks: boolean
  registry(): Promise<Registry>
  /** Names of sets of packages that code refers to. */
  used(): ReadonlySet<string>
  /** Bytes of all sets together. */
  limit(): number
}

export interface PackageStore {
  /** The folder that has them. @throws Error in words */
  install(requirements: Requirements, python: Interpreter, buildEnv: Readonly<Record<string, string>>): Promise<string>
}

interface Installation {
  readonly requirements: Requirements
  readonly python: Interpreter
  readonly buildEnv: Readonly<Record<string, string>>
}

const TIMEOUT_MS = 600_000
const WORK = '.install-'
/** Of many systems: pip's own are not always the machine's. */
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt'

export function createPackageStore(options: PackageStoreOptions): PackageStore {
  const { dir, folder, programs, builder } = options
  mkdirSync(folder, { recursive: true })
  // Of a server that was killed while it installed.
  for (const name of readdirSync(folder)) if (name.startsWith(WORK)) rmSync(join(folder, name), { recursive: true })
  let last: Promise<unknown> = Promise.resolve()
  /** Names of sets that were asked for since the start: what is built with them may not be stored yet. */
  const asked = new Set<string>()

  async function run(step: readonly string[], work: string, { requirements, python, buildEnv }: Installation) {
    const { url, hosts } = await options.registry()
    const ended = await builder.run({
      command: [python.executable, '-I', '-B', join(programs, 'packages.py'), ...step],
      cwd: work,
      env: { ...pipEnv(url, join(dir, 'functions/pip.conf')), ...buildEnv },
      readable: [...filesOf(python), programs, ...[join(dir, 'functions/pip.conf')].filter((path) => existsSync(path))],
      writable: [work],
      hosts,
      timeoutMs: TIMEOUT_MS,
    })
    if (ended.exit !== null)
      throw new Error(packageProblem({ ...ended, exit: ended.exit }, python, requirements.lockFile))
  }

  /** What they come to: as the lock file says, if it is of these packages. */
  async function lockOf(work: string, installation: Installation): Promise<string> {
    const { lines, lockFile, file } = installation.requirements
    const path = join(dir, lockFile)
    const lock = existsSync(path) ? readLock(readFileSync(path, 'utf8')) : null
    if (lock?.madeOf === hashOfLines(lines)) return lock.text
    if (!options.writesLocks) {
      const state = lock === null ? 'is missing' : 'is of other packages'
      throw new Error(
        `${lockFile}, which says what the packages in ${file} come to, ${state}: run koyalite dev, and commit it`,
      )
    }
    writeFileSync(join(work, 'requirements.txt'), lines.map((line) => `${line}\n`).join(''))
    await run(['resolve', join(work, 'requirements.txt'), join(work, 'resolved')], work, installation)
    const text = lockText(lines, readFileSync(join(work, 'resolved'), 'utf8'))
    writeFileSync(`${path}.part`, text)
    renameSync(`${path}.part`, path)
    return text
  }

  async function install(installation: Installation): Promise<string> {
    const { python } = installation
    const work = mkdtempSync(join(folder, WORK))
    try {
      const lock = await lockOf(work, installation)
      const hash = new Bun.CryptoHasher('sha256').update(`${python.id}\n${lock}`).digest('hex').slice(0, 32)
      const place = join(folder, hash)
      asked.add(hash)
      if (existsSync(place)) {
        markUsed(place)
        return place
      }
      writeFileSync(join(work, 'requirements.lock'), lock)
      const target = join(work, 'packages')
      mkdirSync(target)
      await run(['install', join(work, 'requirements.lock'), target], work, installation)
      // What is not right in a package shows when it is loaded.
      await compileFolder(target, { python, builder, programs })
      renameSync(target, place)
      await collectPackages({ folder, used: new Set([...options.used(), ...asked]), limit: options.limit() })
      return place
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  }

  return {
    /** One after the other: functions mostly have the same. */
    install(requirements, python, buildEnv) {
      const installed = last.then(() => install({ requirements, python, buildEnv }))
      last = installed.catch(() => {})
      return installed
    },
  }
}

function pipEnv(url: string, config: string): Readonly<Record<string, string>> {
  const { protocol, host } = new URL(url)
  return {
    PIP_INDEX_URL: url,
    PIP_CONFIG_FILE: existsSync(config) ? config : '/dev/null',
    ...(existsSync(CERTIFICATES) && { PIP_CERT: CERTIFICATES, SSL_CERT_FILE: CERTIFICATES }),
    ...(protocol === 'http:' && { PIP_TRUSTED_HOST: host }),
  }
}
