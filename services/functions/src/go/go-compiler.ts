import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Registry, registryOf } from '../isolation/registries'
import type { BuildRunner } from '../isolation/run-build'
import type { SourceProblem } from '../source/source-problem'
import type { LoadedProject } from '../versions/project-loader'
import type { GoInstallation } from './find-go'
import { goErrors } from './go-errors'
import { defaultModule, type LocalModules, localModuleFlags, moduleProblems } from './go-module'
import { type GoSources, writeSources } from './go-sources'
import { ownProxy } from './own-proxy'

export interface GoCompilerOptions {
  /** Where what it works with is kept: `data/functions`. */
  readonly data: string
  readonly builder: Pick<BuildRunner, 'run'>
  project(): Pick<LoadedProject, 'settings' | 'variables'>
}

export interface Compilation {
  readonly go: GoInstallation
  readonly sources: GoSources
  /** Modules that the server gives. */
  readonly local: LocalModules
  /** Where the program is put: whole or not at all. */
  readonly program: string
  /** The file of the function, for problems without a place. */
  readonly entry: string
}

/** The first one compiles the library of Go. */
const TIMEOUT_MS = 180_000
/** What `go` says where a module was not downloaded. */
const NOT_DOWNLOADED = 'module lookup disabled by GOPROXY=off'
/** Debugging information is of no use, and takes the linker half of its time: stacks have files and lines without it. */
const FLAGS = ['-mod=readonly', '-modcacherw', '-trimpath', '-buildvcs=false', '-ldflags=-s -w']

/** Compiles programs, one at a time: each build uses all cores by itself. */
export function createGoCompiler(options: GoCompilerOptions): {
  compile(what: Compilation): Promise<readonly SourceProblem[]>
} {
  const modules = join(options.data, 'packages', 'go')
  const work = join(options.data, 'go', 'work')
  // Of a server that was killed while it built.
  rmSync(work, { recursive: true, force: true })
  let last: Promise<unknown> = Promise.resolve()
  /** What was compiled before: as everywhere, GOCACHE says where it is. */
  const cacheFolder = () => options.project().variables.GOCACHE ?? join(options.data, 'go', 'cache')
  const registryFor = (command: string) => {
    const { settings, variables } = options.project()
    return registryOf('go', settings, variables, () => ownProxy(command))
  }

  async function compile(what: Compilation): Promise<readonly SourceProblem[]> {
    const { sources, program, entry } = what
    for (const one of [work, cacheFolder(), modules, dirname(program)]) mkdirSync(one, { recursive: true })
    const place = mkdtempSync(join(work, 'build-'))
    const source = join(place, 'source')
    mkdirSync(source)
    try {
      writeSources(sources, source)
      const problems = await prepareModule(what, place)
      if (problems.length > 0) return problems
      const made = join(place, 'program')
      const command = ['build', ...FLAGS, '-o', made, sources.target]
      let end = await run(what, { place, command })
      if (end.exit !== null && end.output.includes(NOT_DOWNLOADED)) {
        end = await run(what, { place, command, registry: await registryFor(what.go.command) })
      }
      if (end.exit === null) {
        renameSync(made, program)
        return []
      }
      const said = goErrors([...end.refused, end.output].join('\n'), {
        ...{ root: sources.root, entry, source, hasModule: sources.files.has('go.mod') },
      })
      if (said.length > 0) return said
      return [{ file: entry, position: null, message: `could not be built: go build: ${end.exit}` }]
    } finally {
      rmSync(place, { recursive: true, force: true })
    }
  }

  /** Makes its go.mod one that finds the modules which the server gives. That of the project is not changed. */
  async function prepareModule(what: Compilation, place: string): Promise<readonly SourceProblem[]> {
    const { sources, local } = what
    const source = join(place, 'source')
    if (!sources.files.has('go.mod')) {
      writeFileSync(join(source, 'go.mod'), defaultModule(local))
      return []
    }
    const file = `${sources.root}/go.mod`
    const edited = await run(what, { place, command: ['mod', 'edit', ...localModuleFlags(local)] })
    const read = edited.exit === null ? await run(what, { place, command: ['mod', 'edit', '-json'] }) : edited
    if (read.exit !== null) return goErrors(read.output, { root: sources.root, entry: file, source, hasModule: true })
    return moduleProblems(read.output, file, local)
  }

  function run(
    { go, local }: Compilation,
    {
      place,
      command,
      registry,
    }: { readonly place: string; readonly command: readonly string[]; readonly registry?: Registry },
  ) {
    const cache = cacheFolder()
    return options.builder.run({
      command: [go.command, ...command],
      cwd: join(place, 'source'),
      env: {
        ...{
          HOME: place,
          TMPDIR: place,
          GOPATH: join(place, 'path'),
          GOROOT: go.root,
          GOCACHE: cache,
          GOMODCACHE: modules,
        },
        // The version that is there; no file of settings, no flags, no workspace of somebody's; nothing but registries is asked.
        ...{ GOTOOLCHAIN: 'local', GOENV: 'off', GOFLAGS: '', GOWORK: 'off', GOVCS: '*:off' },
        // Sums are those of go.sum: without an entry there, nothing is built.
        ...{ CGO_ENABLED: '0', GOSUMDB: 'off', GOPROXY: registry?.url ?? 'off' },
      },
      readable: [go.root, go.command, ...local.values()],
      writable: [place, cache, modules],
      hosts: registry?.hosts ?? [],
      timeoutMs: TIMEOUT_MS,
    })
  }

  return {
    compile(what) {
      const mine = last.then(() => compile(what))
      last = mine.catch(() => {})
      return mine
    },
  }
}
