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
import { dirname, join } from 'node:path'
import type { FoundFunction } from '../../source/discovery/found-entry'
import type { SourceProblem } from '../../source/source-problem'
import { BUILD_FILES, buildCommand } from './build-command'
import { buildErrors } from './build-errors'
import { largestPackages, megabytes, readBuildMeta } from './build-meta'
import { buildTsconfig } from './build-tsconfig'
import { checkInputs, type InputRules, otherSources } from './check-inputs'
import { finishCode } from './finish-code'
import { NO_IMPORT_MAP, readImportMap } from './import-map'
import { PACKAGE_FILES, packageImports } from './package-imports'
import { type RefusedModules, refusedImports } from './refused-imports'
import { type DENO_STAND_INS, remoteProblems, withStandIns } from './remote-imports'

export interface BundlerOptions {
  /** The project's folder. */
  readonly dir: string
  /** Where bundles are stored. */
  readonly folder: string
  /** The file that `import '@koyalite/functions'` is. */
  readonly sdk: string
  /** By default none are refused but those that no bundle can have. */
  readonly refused?: RefusedModules
  /** Bun, or an executable that carries it, and what that needs in its environment. */
  readonly bun: { readonly executable: string; readonly env: Readonly<Record<string, string>> }
  /** What the bundles are for. @default 'bun' */
  readonly target?: 'bun' | 'node'
  /** Modules of servers that something stands in for. By default none. */
  readonly standIns?: typeof DENO_STAND_INS
  /** Whether `imports` of a deno.json counts. By default not. */
  readonly readsImportMap?: boolean
  /** Of the files of bundles: those of one runtime are no other's. @default '.js' */
  readonly suffix?: string
  /** Modules that stand for imports, whatever is installed. By default `@koyalite/functions` alone. */
  readonly imports?: Readonly<Record<string, readonly string[]>>
  /** Instead of what the project's settings of TypeScript say of JSX. */
  readonly jsx?: { readonly jsx: string; readonly jsxImportSource: string }
  /** Where packages that were installed may be imported, from the project's folder. @default ['functions'] */
  readonly sourceFolders?: readonly string[]
  /** Folders of the project that are the server's own. By default `data`. */
  readonly closed?: readonly string[]
  /** Milliseconds. */
  readonly timeout?: number
  /** Of one bundle. */
  readonly maxBytes?: number
}

/** Makes one file of JavaScript of a function in JavaScript or TypeScript. */
export interface Bundler {
  /** @param modules the folder node_modules of packages that were installed for it; null: there is none */
  bundle(found: Pick<FoundFunction, 'entry'>, modules?: string | null): Promise<Bundled>
  /** Where the bundle with this hash is, if it is still there. */
  pathOf(hash: string): string
  /** Ends what runs. */
  close(): void
}

export type Bundled =
  | {
      readonly ok: true
      readonly path: string
      /** Of its content. */
      readonly hash: string
      /** Files of the project, outside of functions/, that it was made of. */
      readonly sources: readonly string[]
    }
  | { readonly ok: false; readonly problems: readonly SourceProblem[] }

interface BuildPlace {
  readonly dir: string
  readonly work: string
  readonly modules: string | null
}

const TIMEOUT_MS = 30_000
const MAX_BYTES = 20_000_000
/** At a time: each takes a core. */
const MAX_BUILDS = 2

/** Bundles in processes of their own: source that a bundler chokes on takes nothing with it. */
export function createBundler(options: BundlerOptions): Bundler {
  const { folder, timeout = TIMEOUT_MS, target = 'bun', suffix = '.js', standIns = [] } = options
  mkdirSync(folder, { recursive: true })
  // Of a server that was killed while it built.
  for (const name of readdirSync(folder)) if (name.startsWith(WORK)) rmSync(join(folder, name), { recursive: true })
  const running = new Set<Bun.Subprocess>()
  const waiting: (() => void)[] = []
  let builds = 0
  let isClosed = false

  async function runBuild(
    entry: string,
    dir: string,
    work: string,
  ): Promise<{ readonly output: string; readonly exit: string | null }> {
    const child = Bun.spawn([...buildCommand({ entry, work, target, executable: options.bun.executable })], {
      cwd: dir,
      env: { ...options.bun.env, HOME: work, TMPDIR: work, NO_COLOR: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout,
      killSignal: 'SIGKILL',
    })
    running.add(child)
    const output = await new Response(child.stderr).text()
    const code = await child.exited
    running.delete(child)
    return { output, exit: code === 0 ? null : String(child.signalCode ?? `exit code ${code}`) }
  }

  async function build(entry: string, modules: string | null): Promise<Bundled> {
    const dir = realpathSync(options.dir)
    const work = mkdtempSync(join(realpathSync(folder), WORK))
    const fault = (message: string): Bundled => ({ ok: false, problems: [{ file: entry, position: null, message }] })
    try {
      const folders = (options.sourceFolders ?? ['functions']).map((name) => join(dir, name))
      const map = options.readsImportMap === true ? readImportMap(dir, entry) : NO_IMPORT_MAP
      writeFileSync(join(work, 'bunfig.toml'), '')
      writeFileSync(
        join(work, 'tsconfig.json'),
        buildTsconfig(
          dir,
          {
            '@koyalite/functions': [options.sdk],
            ...map.paths,
            ...(modules === null ? {} : packageImports(folders, { work, modules, map })),
            ...options.imports,
          },
          options.jsx,
        ),
      )
      const { output, exit } = await runBuild(entry, dir, work)
      if (exit !== null) {
        const problems = buildErrors(output, { dir, entry })
        if (problems.length > 0) return { ok: false, problems }
        if (isClosed) return fault('was not bundled: the server stops')
        return fault(
          exit === 'SIGKILL'
            ? `was not bundled within ${timeout / 1000} s`
            : `could not be bundled: the bundler ended with ${exit}`,
        )
      }
      return finish(entry, { dir, work, modules })
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  }

  function finish(entry: string, { dir, work, modules }: BuildPlace): Bundled {
    const fault = (message: string): Bundled => ({ ok: false, problems: [{ file: entry, position: null, message }] })
    const meta = readBuildMeta(join(work, BUILD_FILES.meta))
    const closed = (options.closed ?? [join(dir, 'data')])
      .filter((path) => existsSync(path))
      .map((path) => realpathSync(path))
    const rules: InputRules = {
      dir,
      sdkFolder: realpathSync(dirname(options.sdk)),
      closed,
      own: [work, ...(modules === null ? [] : [realpathSync(modules)])],
    }
    const problems = [
      ...checkInputs(meta, rules),
      ...remoteProblems(meta, standIns),
      ...refusedImports(meta, options.refused ?? null),
    ]
    if (problems.length > 0) return { ok: false, problems }
    const assets = readdirSync(work).filter((name) => !OWN_FILES.has(name))
    if (assets.length > 0) {
      return fault(
        `${assets.join(', ')} cannot be part of a bundle: it has no native modules, and files only as text (import … with { type: 'text' })`,
      )
    }
    const [code, map] = [BUILD_FILES.code, BUILD_FILES.map].map((name) => readFileSync(join(work, name), 'utf8')) as [
      string,
      string,
    ]
    const maxBytes = options.maxBytes ?? MAX_BYTES
    if (code.length > maxBytes) {
      const largest = largestPackages(meta, 3).join(', ')
      return fault(
        `is too large: its bundle has ${megabytes(code.length)}, at most ${megabytes(maxBytes)} are possible. The largest parts: ${largest}`,
      )
    }
    const finished = finishCode(
      { code: withStandIns(code, meta, standIns), map },
      { dir, work, sdk: realpathSync(options.sdk) },
    )
    const hash = new Bun.CryptoHasher('sha256').update(finished).digest('hex').slice(0, HASH_LENGTH)
    store(pathOf(hash), finished, work)
    return { ok: true, path: pathOf(hash), hash, sources: otherSources(meta, rules) }
  }

  function pathOf(hash: string): string {
    if (!/^[0-9a-f]{32}$/.test(hash)) throw new TypeError(`not the hash of a bundle: ${hash}`)
    return join(folder, `${hash}${suffix}`)
  }

  return {
    pathOf,
    async bundle({ entry }, modules = null) {
      if (builds >= MAX_BUILDS) await new Promise<void>((resolve) => waiting.push(resolve))
      builds++
      try {
        return await build(entry, modules)
      } finally {
        builds--
        waiting.shift()?.()
      }
    },
    close() {
      isClosed = true
      for (const child of running) child.kill('SIGKILL')
    },
  }
}

const HASH_LENGTH = 32
const WORK = '.build-'
const OWN_FILES: ReadonlySet<string> = new Set([
  ...[...Object.values(BUILD_FILES), ...Object.values(PACKAGE_FILES)],
  ...['bunfig.toml', 'tsconfig.json'],
])

/** Whole or not at all. */
function store(path: string, text: string, work: string): void {
  if (existsSync(path)) return
  const part = join(work, 'finished.js')
  writeFileSync(part, text)
  renameSync(part, path)
}
