import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { askedOnce, registryOf } from '../isolation/registries'
import type { BuildRunner } from '../isolation/run-build'
import type { SourceProblem } from '../source/source-problem'
import type { BuildSource, Built, BuiltCode, Toolchain } from '../toolchain'
import type { LoadedProject } from '../versions/project-loader'
import { type CompileProblem, compileFolder } from './compile-folder'
import type { FoundPython } from './find-python'
import { askInterpreter, filesOf, type Interpreter } from './interpreter'
import { ownIndex } from './own-index'
import { createPackageStore } from './package-store'
import { readRequirements } from './requirements'
import { type SourceFile, sourceFiles } from './source-files'

export interface PythonToolchainOptions {
  /** The project's folder. */
  readonly dir: string
  /** Where code is stored. */
  readonly code: string
  /** The folder of the programs that the server carries. */
  readonly programs: string
  readonly builder: BuildRunner
  readonly found: FoundPython
  /** Where installed packages are kept, of all languages. */
  readonly packages: string
  /** Whether lock files are written: under `dev`. */
  readonly writesLocks: boolean
  project(): Pick<LoadedProject, 'settings' | 'variables'>
}

/** Beside the code: what it is. */
const META = '.koyalite.json'
const WORK = '.build-'

/** Python of the machine: a function is a folder with its files and those that are shared, compiled. */
export function pythonToolchain({ dir, code, builder, found, ...options }: PythonToolchainOptions): Toolchain {
  const folder = join(code, 'python')
  const programs = join(options.programs, 'python')
  const packages = join(options.packages, 'python')
  mkdirSync(folder, { recursive: true })
  const own = askedOnce(() => ownIndex(interpreter().executable))
  const store = createPackageStore({
    ...{ dir, folder: packages, programs, builder, writesLocks: options.writesLocks },
    async registry() {
      const { settings, variables } = options.project()
      return registryOf('python', settings, variables, own)
    },
    used: () => new Set(readdirSync(folder).flatMap((name) => readMeta(join(folder, name))?.packages ?? [])),
    limit: () => options.project().settings.functions.cache,
  })
  let asked: Interpreter | undefined
  const interpreter = () => {
    asked ??= askInterpreter(found)
    return asked
  }
  let host: Promise<unknown> | undefined
  /** What every instance loads is compiled once for each Python. */
  const compileHost = (python: Interpreter) => {
    const compiled = join(programs, 'koyalite_functions', '__pycache__', `__init__.${python.tag}.pyc`)
    if (existsSync(compiled)) return
    host ??= compileFolder(programs, { python, builder, programs })
    return host
  }

  async function build({ found: source, dependencies, buildEnv }: BuildSource): Promise<Built> {
    const { path, entry } = source
    const fault = (message: string): Built => ({ ok: false, problems: [{ file: entry, position: null, message }] })
    const read = sourceFiles(dir, { path })
    if (!read.ok) return read
    const needed = readRequirements(dir, source, dependencies)
    if (!needed.ok) return needed
    const { requirements } = needed
    let work: string | undefined
    try {
      const python = interpreter()
      await compileHost(python)
      const installed = requirements === null ? null : await store.install(requirements, python, buildEnv)
      const meta = { python: python.id, entry, packages: installed === null ? null : basename(installed) }
      const hash = hashOf(read.files, meta)
      if (!existsSync(pathOf(hash))) {
        work = mkdtempSync(join(folder, WORK))
        for (const file of read.files) write(join(work, file.path), file.bytes)
        const problems = await compileFolder(work, { python, builder, programs })
        // Of what is shared, only what it imports must be right: that shows when it is loaded.
        const own = problems.filter(({ file }) => file === path || file.startsWith(`${path}/`))
        if (own.length > 0) return { ok: false, problems: own.map(inWords) }
        writeFileSync(join(work, META), JSON.stringify(meta satisfies Meta))
        keep(work, pathOf(hash))
      }
      return { ok: true, code: codeOf(pathOf(hash), meta), hash, sources: [] }
    } catch (error) {
      return fault(error instanceof Error ? error.message : String(error))
    } finally {
      if (work !== undefined) rmSync(work, { recursive: true, force: true })
    }
  }

  function pathOf(hash: string): string {
    if (!/^[0-9a-f]{32}$/.test(hash)) throw new TypeError(`not the hash of code: ${hash}`)
    return join(folder, hash)
  }

  function codeOf(place: string, meta: Meta): BuiltCode {
    const folders = meta.packages === null ? [] : [join(packages, meta.packages)]
    return { entry: join(place, meta.entry), readable: [place, ...folders] }
  }

  return {
    runtime: 'python',
    build,
    find(hash) {
      const meta = readMeta(pathOf(hash))
      // Compiled for another Python, or without its packages, it is built anew.
      if (meta === null || meta.python !== found.id) return null
      const code = codeOf(pathOf(hash), meta)
      return code.readable.every((path) => existsSync(path)) ? code : null
    },
    discard: (hash) => rmSync(pathOf(hash), { recursive: true, force: true }),
    launch(code) {
      const python = interpreter()
      return {
        // Without `site`: nothing of the machine's own packages, and no file that Python runs by itself.
        command: [python.executable, '-I', '-S', '-B', '-u', '-X', 'utf8', join(programs, 'start.py'), programs],
        readable: [...filesOf(python), programs],
        env: { KOYALITE_PACKAGES: code.readable.slice(1).join(':') },
      }
    },
    close() {},
  }
}

interface Meta {
  /** The Python that it is compiled for. */
  readonly python: string
  readonly entry: string
  /** The folder of its packages; null: it has none. */
  readonly packages: string | null
}

/** Null where there is none: it is gone. */
function readMeta(place: string): Meta | null {
  try {
    return JSON.parse(readFileSync(join(place, META), 'utf8')) as Meta
  } catch {
    return null
  }
}

function hashOf(files: readonly SourceFile[], { python, packages }: Meta): string {
  const hash = new Bun.CryptoHasher('sha256').update(`${python}\n${packages}\n`)
  for (const { path, bytes } of files) hash.update(`${path}\0${bytes.length}\0`).update(bytes)
  return hash.digest('hex').slice(0, 32)
}

function write(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
}

/** Whole or not at all. A temporary folder is its owner's alone; instances in containers are somebody else. */
function keep(work: string, place: string): void {
  chmodSync(work, 0o755)
  try {
    renameSync(work, place)
  } catch (error) {
    // Another server of this project was faster.
    if (!existsSync(place)) throw error
  }
}

function inWords({ file, line, column, message }: CompileProblem): SourceProblem {
  return { file, position: line === null ? null : { line, column: column ?? 1 }, message }
}
