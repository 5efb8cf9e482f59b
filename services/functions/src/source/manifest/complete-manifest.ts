import type { ScheduleSpec } from '@koyalite/contracts'
import type { Rate } from '@koyalite/kernel'
import type { Expression } from '@koyalite/schema'
import type { FoundFunction, Language } from '../discovery/found-entry'
import type { SourceProblem } from '../source-problem'
import type { Dependencies } from './dependencies'
import type { Isolation, ManifestKeyName, ManifestValues, Method, Runtime } from './manifest-keys'
import type { Network } from './network'
import type { WrittenEnv } from './read-env'
import type { ReadManifest, WrittenKey } from './read-manifest'
import { DEFAULT_QUEUE, type FunctionQueue } from './read-queue'

/** The manifest of a function with its defaults. Durations in milliseconds, sizes in bytes; null where there is none. */
export interface FunctionManifest {
  readonly name: string
  readonly runtime: Runtime
  readonly access: Expression | null
  /** Whether callers are who their credentials say. */
  readonly takesCredentials: boolean
  readonly admin: boolean
  readonly readsOnly: boolean
  readonly calls: readonly string[]
  /** Null: it runs no jobs. */
  readonly queue: FunctionQueue | null
  readonly queues: readonly string[]
  readonly schedule: ScheduleSpec | null
  /** The events that call it. */
  readonly events: readonly string[]
  /** Changes that it makes itself do not. */
  readonly ignoresOwn: boolean
  /** The project's own events that it may publish. */
  readonly publishes: readonly string[]
  /** Its jobs have no caller. */
  readonly runsAsSystem: boolean
  readonly rate: Rate | null
  readonly network: Network
  readonly env: WrittenEnv
  readonly buildEnv: WrittenEnv
  readonly dependencies: Dependencies | null
  readonly trusted: readonly string[]
  readonly isolation: Isolation
  readonly startTimeout: number
  readonly timeout: number
  readonly streamTimeout: number | null
  readonly memory: number
  readonly cpu: number
  readonly concurrency: number
  readonly route: string | null
  /** Null: those of its kind. */
  readonly methods: readonly Method[] | null
  readonly maxBody: number
  readonly ownCors: boolean
  readonly html: boolean
}

/** What the settings say where a manifest does not. */
export interface ManifestDefaults {
  readonly isolation: Isolation
  readonly timeout: number
  readonly memory: number
  readonly cpu: number
  readonly maxBody: number
}

export interface CompleteManifestOptions {
  readonly found: FoundFunction
  /** `functions/<name>.yaml`, if there is one. */
  readonly file: ReadManifest | null
  /** The `config` of the code, once that is known. */
  readonly code: ReadManifest | null
  readonly defaults: ManifestDefaults
  /** What this machine and version can run. */
  readonly runtimes: ReadonlySet<Runtime>
}

export type CompletedManifest =
  | { readonly ok: true; readonly manifest: FunctionManifest }
  | { readonly ok: false; readonly problems: readonly SourceProblem[] }

const START_TIMEOUT_MS = 10_000

/** Puts together what the file and the code say, which must not contradict one another, and the defaults. */
export function completeManifest({
  found,
  file,
  code,
  defaults,
  runtimes,
}: CompleteManifestOptions): CompletedManifest {
  const parts = [file, code].filter((part) => part !== null)
  const values: ManifestValues = { ...code?.values, ...file?.values }
  const runtime = values.runtime ?? RUNTIME_OF[found.language]
  const problems = [
    ...parts.flatMap((part) => part.problems),
    ...(file !== null && code !== null ? contradictions(file, code) : []),
  ]
  const report = (key: ManifestKeyName, message: string) => problems.push(problemAt({ key, message }, parts, found))
  checkRuntime({ runtime, language: found.language, runtimes }, (message) => report('runtime', message))
  checkTogether(values, runtime, report)
  if (problems.length > 0) return { ok: false, problems }
  return {
    ok: true,
    manifest: {
      ...manifestOf(values, defaults),
      name: values.name ?? found.name,
      runtime,
      concurrency: values.concurrency ?? (runtime === 'python' ? 1 : 10),
    },
  }
}

function manifestOf(
  values: ManifestValues,
  defaults: ManifestDefaults,
): Omit<FunctionManifest, 'name' | 'runtime' | 'concurrency'> {
  return {
    access: values.access ?? null,
    takesCredentials: values.auth === undefined,
    admin: values.admin ?? false,
    readsOnly: values.read ?? false,
    calls: values.calls ?? [],
    // What runs by itself runs as a job.
    queue: values.queue ?? (values.schedule === undefined ? null : DEFAULT_QUEUE),
    schedule: values.schedule ?? null,
    queues: values.queues ?? [],
    events: values.events ?? [],
    ignoresOwn: values.ignore_own ?? false,
    publishes: values.publishes ?? [],
    runsAsSystem: values.run_as === 'system',
    rate: values.rate ?? null,
    network: values.network ?? 'none',
    env: values.env ?? {},
    buildEnv: values.build_env ?? {},
    dependencies: values.dependencies ?? null,
    trusted: values.trusted ?? [],
    isolation: values.isolation ?? defaults.isolation,
    startTimeout: values.start_timeout ?? START_TIMEOUT_MS,
    timeout: values.timeout ?? defaults.timeout,
    streamTimeout: values.stream_timeout ?? null,
    memory: values.memory ?? defaults.memory,
    cpu: values.cpu ?? defaults.cpu,
    route: values.route ?? null,
    methods: values.methods ?? null,
    maxBody: values.max_body ?? defaults.maxBody,
    ownCors: values.cors === 'own',
    html: values.html ?? false,
  }
}

/** What runs a language, unless a manifest says. */
export const RUNTIME_OF: Readonly<Record<Language, Runtime>> = { javascript: 'bun', python: 'python', go: 'go' }

const LANGUAGE_OF: Readonly<Record<Runtime, Language>> = {
  bun: 'javascript',
  node: 'javascript',
  deno: 'javascript',
  python: 'python',
  go: 'go',
}

interface RuntimeChoice {
  readonly runtime: Runtime
  readonly language: Language
  readonly runtimes: ReadonlySet<Runtime>
}

function checkRuntime({ runtime, language, runtimes }: RuntimeChoice, report: (message: string) => void): void {
  const fitting = [...runtimes].filter((one) => LANGUAGE_OF[one] === language)
  if (LANGUAGE_OF[runtime] !== language) {
    report(`'runtime: ${runtime}' does not run this file${fitting.length > 0 ? `; ${fitting.join(' and ')} can` : ''}`)
  } else if (!runtimes.has(runtime)) {
    const instead =
      fitting.length > 0 ? `use ${fitting.join(' or ')}` : `functions here run on ${[...runtimes].join(', ')}`
    report(`the runtime ${runtime} cannot run here: ${instead}`)
  }
}

/** What no key can check by itself. */
function checkTogether(
  values: ManifestValues,
  runtime: Runtime,
  report: (key: ManifestKeyName, message: string) => void,
): void {
  const { dependencies, cors, methods, run_as, admin } = values
  if (dependencies?.kind === 'map' && runtime === 'python')
    report('dependencies', "'dependencies' of a Python function must be a list like [pillow==10.0.0]")
  if (dependencies !== undefined && runtime === 'go')
    report('dependencies', "'dependencies' of a Go function are those of its go.mod: remove the key")
  if (run_as === 'system' && admin !== true)
    report('run_as', "'run_as: system' needs 'admin: true': its jobs have the rights of the server, by ctx.admin")
  if (methods?.includes('OPTIONS') && cors !== 'own')
    report('methods', "'methods' may have OPTIONS only with 'cors: own': otherwise the server answers it")
}

/** What file and code say differently. The values are named where they are words, and no secrets. */
function contradictions(file: ReadManifest, code: ReadManifest): readonly SourceProblem[] {
  return [...file.written].flatMap(([key, inFile]) => {
    const inCode = code.written.get(key)
    if (inCode === undefined || isSame(file.values[key], code.values[key])) return []
    const message = `'${key}' is ${shown(inFile)} here and ${shown(inCode, 'another')} in the config of ${code.file}: keep one of them`
    return [{ file: file.file, position: inFile.position, message }]
  })
}

function shown({ text }: WrittenKey, otherwise = 'one value'): string {
  return text ?? otherwise
}

/** A value that could not be read is a problem of its own. */
function isSame(a: unknown, b: unknown): boolean {
  return a === undefined || b === undefined || Bun.deepEquals(withoutPosition(a), withoutPosition(b))
}

function withoutPosition(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('position' in value)) return value
  return { ...value, position: null }
}

function problemAt(
  { key, message }: { readonly key: ManifestKeyName; readonly message: string },
  parts: readonly ReadManifest[],
  found: FoundFunction,
): SourceProblem {
  const part = parts.find(({ written }) => written.has(key))
  return { file: part?.file ?? found.entry, position: part?.written.get(key)?.position ?? null, message }
}
