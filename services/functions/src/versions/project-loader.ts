import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ErrorDetail, JsonValue, ScheduleSpec } from '@koyalite/contracts'
import type { Outbound, Variables } from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import type { FunctionsSettings } from '../functions-settings'
import type { Isolations } from '../isolation/choose-isolation'
import type { Isolation } from '../isolation/isolation'
import type { BuildRunner } from '../isolation/run-build'
import { tooWeak } from '../isolation/too-weak'
import type { PackageStore } from '../javascript/packages/package-store'
import { FunctionPool } from '../pool/function-pool'
import { Instance, type InstanceEnd } from '../pool/instance'
import type { OutputLine } from '../pool/instance-output'
import { hasRoom } from '../pool/room'
import { discoverFunctions } from '../source/discovery/discover-functions'
import { fingerprintFunctions } from '../source/discovery/fingerprint'
import type { FoundFunction } from '../source/discovery/found-entry'
import { compileAccess } from '../source/manifest/compile-access'
import { completeManifest, type FunctionManifest, RUNTIME_OF } from '../source/manifest/complete-manifest'
import type { Runtime } from '../source/manifest/manifest-keys'
import type { Network } from '../source/manifest/network'
import { checkConfig, parseManifest, type ReadManifest } from '../source/manifest/read-manifest'
import { resolveEnv } from '../source/manifest/resolve-env'
import { parseFunctionSchema } from '../source/schema/function-schema'
import { formatSourceProblem, type SourceProblem } from '../source/source-problem'
import type { BuildSource, Toolchain } from '../toolchain'
import type { BuildCache } from './build-cache'
import { checkEarly, type EarlyValues, earlyInCode } from './early-values'
import { type BuiltFunction, type FunctionLoader, FunctionProblem, type FunctionSource } from './function-loader'
import type { LoadedFunction } from './loaded-function'
import { maskOf } from './mask-secrets'

/** What of the project functions are loaded by. */
export interface LoadedProject {
  readonly schema: Schema
  readonly settings: FunctionsSettings & { readonly server: { readonly max_body: number } }
  /** What `${VAR}` stands for. */
  readonly variables: Variables
}

export interface ProjectLoaderOptions {
  /** The project's folder. */
  readonly dir: string
  /** What this machine runs functions with: found out when there is one. */
  machine(): Promise<Machine>
  /** What is loaded now. */
  project(): LoadedProject
  /** What clients of a schema know of its collections at run time. */
  clientMetadata(schema: Schema): object
  /** All pools that there are: they share the memory of all instances. */
  readonly pools: Set<FunctionPool>
  /** Answers what the code of an instance asks of the server. */
  ask(request: Request, instance: Instance): Response | Promise<Response>
  /** Why there are no such events; null where there may be. */
  eventProblem(pattern: string): string | null
  /** Why no event of the project can be one of these. */
  publishProblem(pattern: string): string | null
  onOutput(line: OutputLine, instance: Instance, name: string): void
  readonly outbound: Outbound
  /** Code of an instance wanted to connect to where it may not. */
  onRefused(message: string, instance: Instance): void
  /** What is wrong with a schedule, by its field. */
  scheduleProblems(schedule: ScheduleSpec): readonly ErrorDetail[]
  /** An instance is gone without having been told to. */
  onLost(name: string, end: InstanceEnd): void
}

export interface Machine {
  readonly toolchains: ReadonlyMap<Runtime, Toolchain>
  /** What was built by the last start, so that nothing is built again that has not changed. */
  readonly builds: BuildCache
  readonly isolations: Isolations
  /** Runs what toolchains build and install by. */
  readonly builder: BuildRunner
  /** The folder of the programs that the server carries. */
  readonly programs: string
  /** Packages from npm. */
  readonly packages: PackageStore
}

interface ProjectSource extends FunctionSource {
  readonly found: FoundFunction
  /** Of its manifest file, or read of its text. */
  readonly early: EarlyValues
  readonly file: string
  readonly manifest: ReadManifest | null
  readonly manifestText: string
}

const MAX_AGE_MS = 3_600_000
const MAX_CALLS = 100_000

/** The functions in a project's folder functions/. */
export function createProjectLoader(options: ProjectLoaderOptions): FunctionLoader {
  const { dir } = options
  let found: Machine | null = null
  const machine = (): Machine => {
    if (found === null) throw new Error('functions are discovered before they are used')
    return found
  }

  function sourceOf(found: FoundFunction, fingerprint: string): ProjectSource {
    const manifestText = found.manifest === null ? '' : readFileSync(join(dir, found.manifest), 'utf8')
    const manifest = found.manifest === null ? null : parseManifest(manifestText, { file: found.manifest })
    const name = manifest?.values.name ?? found.name
    const early = { ...earlyInCode(dir, found), ...manifest?.values }
    const runtime = early.runtime ?? RUNTIME_OF[found.language]
    const alsoOf = machine().toolchains.get(runtime)?.alsoOf?.() ?? ''
    return {
      name,
      found,
      early,
      file: found.path,
      runtime,
      manifest,
      manifestText,
      fingerprint: fingerprint + alsoOf,
      saved: [found.entry, found.manifest].map((file) => file && savedAt(join(dir, file))).join(),
    }
  }

  function manifestOf({ found, manifest }: ProjectSource, code: ReadManifest | null): FunctionManifest {
    const { functions, server } = options.project().settings
    const completed = completeManifest({
      ...{ found, file: manifest, code },
      runtimes: new Set(machine().toolchains.keys()),
      defaults: { ...functions, maxBody: server.max_body },
    })
    if (!completed.ok) throw new FunctionProblem(completed.problems.map(formatSourceProblem))
    return completed.manifest
  }

  function toolchain(runtime: Runtime, file: string): Toolchain {
    const found = machine().toolchains.get(runtime)
    if (found === undefined) {
      const there = [...machine().toolchains.keys()].join(', ')
      throw new FunctionProblem([
        `${file} needs the runtime ${runtime}, which is not on this machine (it has ${there}): install ${INSTALLED_AS[runtime]}`,
      ])
    }
    return found
  }

  /** What it is built of, as far as that is known before its code runs: its manifest file says the rest. */
  function buildSource(source: ProjectSource): BuildSource {
    const { dependencies = null, trusted = [] } = source.early
    const buildEnv = source.manifest?.values.build_env ?? {}
    const resolved = resolveEnv(buildEnv, options.project().variables, 'build_env')
    if (!resolved.ok) {
      const { file, position } = placeOf(source, 'build_env')
      throw new FunctionProblem(resolved.problems.map((message) => formatSourceProblem({ file, position, message })))
    }
    return { found: source.found, dependencies, trusted, buildEnv: resolved.env }
  }

  function start(source: ProjectSource, built: BuiltFunction, started: Started): Instance {
    return new Instance({
      function: source.name,
      code: built.code,
      toolchain: toolchain(built.runtime, source.file),
      isolation: started.isolation,
      env: started.env,
      network: started.network,
      outbound: options.outbound,
      onRefused: options.onRefused,
      memory: started.manifest.memory,
      cpu: started.manifest.cpu,
      startTimeoutMs: started.manifest.startTimeout,
      collections: options.clientMetadata(options.project().schema),
      ask: options.ask,
      onOutput: (line, instance) => options.onOutput(line, instance, source.name),
    })
  }

  function isolationOf(source: ProjectSource, { isolation: wanted }: FunctionManifest): Isolation {
    const { isolations } = machine()
    const name = wanted === 'auto' ? isolations.strongest.name : wanted
    const chosen = isolations.named(name)
    if (chosen === null) {
      const why = isolations.whyNot(name)
      throw new FunctionProblem([`${source.file}: isolation: ${wanted} is not possible here: ${why}`])
    }
    const weak = tooWeak(isolations, chosen, options.project().settings.functions.min_isolation)
    if (weak !== null) throw new FunctionProblem([`${source.file} ${weak}`])
    requireWall(source, chosen)
    return chosen
  }

  /** Also while it is loaded to say what it is. */
  function requireWall({ runtime, file }: ProjectSource, { name }: Isolation): void {
    if (name !== 'process' || toolchain(runtime, file).needsSandbox !== true) return
    const how = machine().isolations.whyNot('sandbox') ?? "say 'isolation: sandbox'"
    throw new FunctionProblem([`${file}: ${runtime} runs in a sandbox only, not as a plain process: ${how}`])
  }

  return {
    async discover() {
      const entries = discoverFunctions(dir)
      if (entries.some(({ kind }) => kind === 'function')) found ??= await options.machine()
      const fingerprint = found === null ? '' : fingerprintFunctions(dir, found.builds.sources())
      const sources = entries.flatMap((entry) => (entry.kind === 'function' ? [sourceOf(entry, fingerprint)] : []))
      const others = entries.flatMap((entry) => {
        if (entry.kind === 'function') return []
        return [
          {
            file: entry.path,
            reason: entry.kind === 'fault' ? entry.message : entry.reason,
            isFault: entry.kind === 'fault',
          },
        ]
      })
      return { sources, others }
    },

    async build(source) {
      const { found, manifestText, manifest } = source as ProjectSource
      if (manifest !== null && manifest.problems.length > 0)
        throw new FunctionProblem(manifest.problems.map(formatSourceProblem))
      const { builds } = machine()
      const chain = toolchain(source.runtime, source.file)
      const known = builds.find(found.entry, source.fingerprint)
      const code = known === null ? null : chain.find(known.hash)
      const done =
        known !== null && code !== null
          ? { ok: true as const, code, ...known }
          : await chain.build(buildSource(source as ProjectSource))
      if (!done.ok) throw new FunctionProblem(done.problems.map(formatSourceProblem))
      builds.put(found.entry, source.fingerprint, done)
      const hash = new Bun.CryptoHasher('sha256').update(done.hash).update('\n').update(manifestText).digest('hex')
      return { code: done.code, runtime: source.runtime, hash: hash.slice(0, 32), codeHash: done.hash }
    },

    builtVersion({ hash, codeHash }) {
      // It may have been written in another language than what is in the folder now.
      for (const { runtime, find } of machine().toolchains.values()) {
        const code = find(codeHash)
        if (code !== null) return { code, runtime, hash, codeHash }
      }
      return null
    },

    async describe(source, built) {
      const manifest = manifestOf(source as ProjectSource, null)
      const { isolations } = machine()
      const asked = manifest.isolation === 'container' ? isolations.named('container') : null
      const isolation = asked ?? isolations.strongest
      requireWall(source as ProjectSource, isolation)
      const instance = start(source as ProjectSource, built, {
        manifest,
        isolation,
        // Whatever its manifest says: nothing but its own code is within its reach while it says what it is.
        ...{ env: {}, network: null },
      })
      try {
        const described = await instance.ready
        const { found, early } = source as ProjectSource
        checkEarly(found, early, described.config)
        return described
      } finally {
        instance.kill()
        await instance.gone
      }
    },

    load(source, built, version) {
      const project = options.project()
      const found = source as ProjectSource
      const code = version.config === null ? null : checkConfig(version.config, { file: found.file })
      const manifest = manifestOf(found, code)
      if (manifest.name !== source.name)
        throw new FunctionProblem([
          `${found.file}: 'name' is taken from the file's name or from ${source.name}.yaml, not from the code`,
        ])
      if (version.kind === 'raw' && manifest.queue !== null)
        throw new FunctionProblem([
          `${found.file} answers requests itself, and so cannot run jobs: remove 'queue' and 'schedule', or put what they do into a function of its own`,
        ])
      if (version.kind === 'raw' && manifest.events.length > 0)
        throw new FunctionProblem([
          `${found.file} answers requests itself, and so takes no events: remove 'events', or put what they do into a function of its own`,
        ])
      checkEvents(found, manifest, options)
      const [env, access] = [envOf(found, manifest, project.variables), accessOf(found, manifest, project.schema)]
      const [input, output] = [schemaOf(found, version.input, 'input'), schemaOf(found, version.output, 'output')]
      requireSchedule(found, manifest, input)
      const isolation = isolationOf(found, manifest)
      const pool = poolOf(found, manifest, () =>
        start(found, built, { manifest, isolation, env: env.value, network: manifest.network }),
      )
      const loaded: LoadedFunction = {
        ...{ name: source.name, version: version.version, kind: version.kind, pool },
        access: access.value,
        accessText: manifest.access?.source ?? null,
        auth: manifest.takesCredentials ? 'checked' : 'none',
        isAdmin: manifest.admin,
        readsOnly: manifest.readsOnly,
        calls: manifest.calls,
        queue: manifest.queue,
        queues: manifest.queues,
        schedule: manifest.schedule,
        events: manifest.events,
        ignoresOwn: manifest.ignoresOwn,
        publishes: manifest.publishes,
        runsAsSystem: manifest.runsAsSystem,
        timeoutMs: manifest.timeout,
        streamTimeoutMs: manifest.streamTimeout,
        maxBody: manifest.maxBody,
        route: manifest.route,
        methods: manifest.methods,
        hasOwnCors: manifest.ownCors,
        rate: manifest.rate,
        isHtmlAllowed: manifest.html,
        isolation: isolation.name,
        network: manifest.network,
        memoryLimit: manifest.memory,
        concurrency: manifest.concurrency,
        envNames: Object.keys(env.value).sort(),
        input,
        output,
        mask: maskOf(Object.values(env.value)),
        warnings: [...env.warnings, ...access.warnings],
      }
      return loaded
    },

    discard(codeHashes) {
      for (const toolchain of machine().toolchains.values()) for (const hash of codeHashes) toolchain.discard(hash)
    },
  }

  /** What it is given is known now: that it does not take it, too. */
  function requireSchedule(
    source: ProjectSource,
    { schedule }: FunctionManifest,
    input: LoadedFunction['input'],
  ): void {
    if (schedule === null) return
    const { file, position } = placeOf(source, 'schedule')
    const wrong = options.scheduleProblems(schedule).map(({ field, message }) => `'schedule.${field}': ${message}`)
    const refused = (input?.violations(schedule.payload) ?? []).map(({ message }) => `'schedule.payload': ${message}`)
    const problems = [...wrong, ...refused]
    if (problems.length > 0)
      throw new FunctionProblem(problems.map((message) => formatSourceProblem({ file, position, message })))
  }

  function poolOf(source: ProjectSource, manifest: FunctionManifest, startOne: () => Instance): FunctionPool {
    const { functions } = options.project().settings
    const pool: FunctionPool = new FunctionPool({
      function: source.name,
      start: startOne,
      hasRoom: () => hasRoom(options.pools, manifest.memory, functions.total_memory),
      onLost: (end) => options.onLost(source.name, end),
      onClose: () => void options.pools.delete(pool),
      limits: {
        maxInstances: functions.max_instances,
        minWarm: functions.min_warm,
        concurrency: manifest.concurrency,
        idleMs: functions.idle_timeout,
        maxAgeMs: MAX_AGE_MS,
        maxCalls: MAX_CALLS,
        memory: manifest.memory,
      },
    })
    options.pools.add(pool)
    return pool
  }
}

function savedAt(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? '' : `${stat.mtimeNs} ${stat.ino}`
}

interface Started {
  readonly manifest: FunctionManifest
  readonly isolation: Isolation
  readonly env: Readonly<Record<string, string>>
  readonly network: Network | null
}

/** What has to be there, as its vendors call it. */
const INSTALLED_AS: Readonly<Record<Runtime, string>> = {
  bun: 'Bun',
  node: 'Node.js 20 or newer',
  deno: 'Deno 2 or newer',
  python: 'Python 3.9 or newer',
  go: 'Go',
}

/** A part of a function, with what is doubtful about it. */
interface Checked<T> {
  readonly value: T
  readonly warnings: readonly string[]
}

function envOf(
  source: ProjectSource,
  { env }: FunctionManifest,
  variables: Variables,
): Checked<Readonly<Record<string, string>>> {
  const resolved = resolveEnv(env, variables, 'env')
  const { file, position } = placeOf(source, 'env')
  const said = (message: string) => formatSourceProblem({ file, position, message })
  if (!resolved.ok) throw new FunctionProblem(resolved.problems.map(said))
  return { value: resolved.env, warnings: resolved.warnings.map(said) }
}

/** Whether there are the events that it asks for, and it may publish those that it says. */
function checkEvents(
  source: ProjectSource,
  { events, publishes }: FunctionManifest,
  { eventProblem, publishProblem }: Pick<ProjectLoaderOptions, 'eventProblem' | 'publishProblem'>,
): void {
  const problems = (['events', 'publishes'] as const).flatMap((key) => {
    const { file, position } = placeOf(source, key)
    const [patterns, problem] = key === 'events' ? [events, eventProblem] : [publishes, publishProblem]
    const messages = patterns.flatMap((pattern) => problem(pattern) ?? [])
    return messages.map((message) => formatSourceProblem({ file, position, message: `'${key}': ${message}` }))
  })
  if (problems.length > 0) throw new FunctionProblem(problems)
}

function accessOf(
  source: ProjectSource,
  { access }: FunctionManifest,
  schema: Schema,
): Checked<LoadedFunction['access']> {
  if (access === null) return { value: null, warnings: [] }
  const { file, position } = placeOf(source, 'access')
  const compiled = compileAccess(access, schema, { file, isCode: position === null })
  if (!compiled.ok) throw new FunctionProblem(compiled.problems.map(formatSourceProblem))
  return {
    value: (actor, request, input) => compiled.allows(actor, request, input as JsonValue) === 'allowed',
    warnings: compiled.warnings.map(formatSourceProblem),
  }
}

/** Where a key is written: in the manifest, or else in the code. */
function placeOf(
  { found, manifest }: ProjectSource,
  key: 'env' | 'access' | 'build_env' | 'schedule' | 'events' | 'publishes',
): Pick<SourceProblem, 'file' | 'position'> {
  const written = manifest?.written.get(key)
  if (manifest === null || written === undefined) return { file: found.entry, position: null }
  return { file: manifest.file, position: written.position }
}

function schemaOf({ file }: ProjectSource, written: unknown, role: 'input' | 'output'): LoadedFunction['input'] {
  if (written === null) return null
  const parsed = parseFunctionSchema(written, role)
  if (!parsed.ok) throw new FunctionProblem(parsed.problems.map((problem) => `${file} ${problem}`))
  return parsed.schema
}
