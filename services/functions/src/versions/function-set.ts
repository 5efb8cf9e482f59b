import type { Log } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { StartError } from '../pool/instance'
import { nameConflicts, type RoutedFunction, routeConflicts } from '../source/manifest/function-conflicts'
import { findSplit, putSplit, removeSplit, type Split } from '../store/function-splits'
import {
  addVersion,
  findPin,
  findVersion,
  findVersionByHash,
  putFunction,
  putPin,
  removeFunctionsBut,
  removePin,
  type StoredVersion,
} from '../store/function-versions'
import { whileSomeEnd } from '../within'
import { type BuiltFunction, type FunctionLoader, FunctionProblem, type FunctionSource } from './function-loader'
import type { LoadedFunction } from './loaded-function'
import { isInShare, splitProblem } from './split-calls'

/** What is known of a function. */
export interface FunctionState {
  readonly name: string
  readonly source: FunctionSource
  /** What serves; null where nothing can. */
  readonly serving: LoadedFunction | null
  /** A share of the calls that another version gets. */
  readonly split?: Split | null
  /** Of what is in the folder, once that could be loaded. */
  readonly hash: string | null
  /** Why what is in the folder is not what serves; empty where it is. */
  readonly problems: readonly string[]
}

/** What following the folder has come to. */
export interface FunctionChange {
  readonly name: string
  /** What serves now; null where nothing does. */
  readonly version: number | null
  /** Why what is in the folder does not; empty where it does. */
  readonly problems: readonly string[]
  /** The version that the folder has, where it was saved as it was before, and another was chosen to serve. */
  readonly passedOver?: number
}

export interface FunctionSetOptions {
  readonly database: Database
  readonly loader: FunctionLoader
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
  /** Versions that are kept of each function. */
  readonly keepVersions: number
  /** Another function serves, or one is gone. */
  onChange(): void
  /** One that took long has come to an end, after what it was a part of. */
  onLate(change: FunctionChange): void
}

/** So long others wait for one that does not come up, when no other has in the meantime. */
const PATIENCE_MS = 2_000
/** After its replacement an instance has so long for the calls that run in it. */
const DRAIN_MS = 60_000

/** The functions of a project: what serves of each, and how that follows the folder. */
export class FunctionSet {
  readonly #options: FunctionSetOptions
  readonly #states = new Map<string, FunctionState>()
  readonly #versions = new Map<string, LoadedFunction>()
  #others: Awaited<ReturnType<FunctionLoader['discover']>>['others'] = []
  #running: Promise<unknown> = Promise.resolve()
  #isClosed = false
  /** By name, what is being made of its files as they are now. */
  readonly #newest = new Map<string, Promise<Prepared>>()
  /** By name, what is loaded for the first time and takes longer than others wait for: until it serves, or is known not to. */
  readonly #late = new Map<string, Promise<void>>()
  /** By name, the code that could not be loaded last, and why. */
  readonly #failures = new Map<string, { readonly hash: string; readonly problems: readonly string[] }>()
  #first: Promise<unknown> | undefined

  constructor(options: FunctionSetOptions) {
    this.#options = options
  }

  list(): readonly FunctionState[] {
    return [...this.#states.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** What is in the folder and is no function. */
  get others() {
    return this.#others
  }

  /** Of functions, and of files that would be some if nothing were wrong with them: what is stored of these stays. */
  names(): readonly string[] {
    const faulty = this.#others.flatMap(({ file, isFault }) => (isFault ? [nameOfFile(file)] : []))
    return [...new Set([...this.#states.keys(), ...faulty])]
  }

  state(name: string): FunctionState | undefined {
    return this.#states.get(name)
  }

  /** What serves under a name; with `@3` a version of it, with the access, the limits and the environment of the one that serves. */
  find(name: string): LoadedFunction | undefined {
    const [, plain = name, number] = /^(.*)@(\d{1,9})$/.exec(name) ?? []
    const state = this.#states.get(plain)
    if (number === undefined || state?.serving?.version === Number(number)) return state?.serving ?? undefined
    return state && this.#version(state, Number(number))
  }

  /** The version that runs a call of the one that serves: itself, or the one that gets a share of its calls. @param caller see `callerKey` */
  runs(serving: LoadedFunction, caller: string | null): LoadedFunction {
    const state = this.#states.get(serving.name)
    if (!state?.split || state.serving !== serving || !isInShare(serving.name, state.split, caller)) return serving
    return this.#versions.get(`${state.name}@${state.split.version}`) ?? serving
  }

  /** Resolves when what is in the folder has been looked at once. */
  loaded(): Promise<unknown> {
    this.#first ??= this.sync()
    return this.#first
  }

  /** Resolves when what is loaded for the first time serves, or is known not to; null where nothing of this name is being loaded so. */
  late(name: string): Promise<void> | null {
    return this.#late.get(name) ?? null
  }

  /** Follows the folder. @param isForced also what has not changed there is loaded again: its settings or secrets are others */
  sync(isForced = false): Promise<readonly FunctionChange[]> {
    const next = this.#running.then(() => this.#sync(isForced))
    this.#first ??= next
    this.#running = next.catch(() => {})
    return next
  }

  /**
   * Lets a version serve until the files in the folder change, or sends it a share of the calls; 0 ends that. Undefined where there is none.
   * @throws FunctionProblem
   */
  serve(name: string, number: number, percent = 100): Promise<LoadedFunction | undefined> {
    const next = this.#running.then(() =>
      percent === 100 ? this.#pin(name, number) : this.#share(name, number, percent),
    )
    this.#running = next.catch(() => {})
    return next
  }

  /** Takes no more calls; those that have not ended after a while are. */
  endWithin(ms: number): void {
    for (const pool of this.#pools()) void pool.drain(ms)
  }

  #pools() {
    return [...this.list().flatMap(({ serving }) => serving ?? []), ...this.#versions.values()].map(({ pool }) => pool)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#running
    await Promise.all(this.#pools().map((pool) => pool.drain(0)))
  }

  #version(state: FunctionState, number: number): LoadedFunction | undefined {
    const key = `${state.name}@${number}`
    const known = this.#versions.get(key) ?? this.#chosen(state.source, number)
    if (known !== undefined) this.#versions.set(key, known)
    return known
  }

  async #pin(name: string, number: number): Promise<LoadedFunction | undefined> {
    const { database } = this.#options
    const state = this.#states.get(name)
    if (state === undefined) return undefined
    const { hash } = state
    const own = hash === null ? null : findVersionByHash(database, name, hash)
    const loaded = this.#chosen(state.source, number)
    if (loaded === undefined || hash === null) return undefined
    const one = routed(state.source, loaded)
    const problems = routeConflicts([one, ...this.#routedBut([name])]).get(one)
    if (problems !== undefined) {
      void loaded.pool.drain(0)
      throw new FunctionProblem(problems)
    }
    await database.write((tx) => {
      if (own?.version === number) removePin(tx, name)
      else putPin(tx, name, { version: number, insteadOf: hash })
      removeSplit(tx, name)
    })
    await this.#swap({ ...state, serving: loaded, split: null, problems: [] })
    this.#options.onChange()
    return loaded
  }

  async #share(name: string, number: number, percent: number): Promise<LoadedFunction | undefined> {
    const { database } = this.#options
    const state = this.#states.get(name)
    if (!state?.serving || state.hash === null) return undefined
    const { serving, hash } = state
    const other = this.#version(state, number)
    if (other === undefined) return undefined
    const problem =
      number === serving.version ? `Version ${number} of ${name} serves already.` : splitProblem(serving, other)
    if (problem !== null && percent > 0) throw new FunctionProblem([problem])
    await database.write((tx) => {
      if (percent > 0) putSplit(tx, name, { version: number, percent, hash })
      else removeSplit(tx, name)
    })
    this.#states.set(name, { ...state, split: percent > 0 ? { version: number, percent } : null })
    return serving
  }

  /** A version by its number; undefined where it is gone. */
  #chosen(source: FunctionSource, number: number): LoadedFunction | undefined {
    const { database, loader } = this.#options
    const stored = findVersion(database, source.name, number)
    const built = stored === null ? null : loader.builtVersion(stored)
    return stored === null || built === null ? undefined : loader.load(source, built, stored)
  }

  async #sync(isForced: boolean): Promise<readonly FunctionChange[]> {
    if (this.#isClosed) return []
    const { sources, others } = await this.#options.loader.discover()
    this.#others = others
    const names = new Set(sources.map(({ name }) => name))
    const gone: FunctionChange[] = []
    for (const [name, state] of this.#states) {
      if (names.has(name)) continue
      const { serving } = state
      const fault = others.find(({ file, isFault }) => isFault && nameOfFile(file) === name)
      if (fault !== undefined) {
        // What is wrong with its file, or with another of its name, takes nothing away.
        const problems = [`${fault.file} ${fault.reason}`]
        if (!Bun.deepEquals(problems, state.problems)) gone.push({ name, version: serving?.version ?? null, problems })
        this.#states.set(name, { ...state, problems })
        continue
      }
      this.#states.delete(name)
      void serving?.pool.drain(DRAIN_MS)
      gone.push({ name, version: null, problems: [] })
    }
    if (isForced) for (const one of this.#versions.values()) void one.pool.drain(DRAIN_MS)
    if (isForced) this.#versions.clear()
    const refused = nameConflicts(sources)
    const due = sources.filter(
      (source) => isForced || this.#states.get(source.name)?.source.fingerprint !== source.fingerprint,
    )
    const preparing = due.map((source) => {
      const problems = refused.get(source)
      const prepared: Promise<Prepared> =
        problems === undefined ? this.#prepare(source, isForced) : Promise.resolve({ kind: 'failed', source, problems })
      this.#newest.set(source.name, prepared)
      return { source, prepared }
    })
    const inTime: Prepared[] = []
    let isOver = false
    const all = preparing.map(async ({ prepared }) => {
      const one = await prepared
      if (isOver) await this.#settleLate(prepared, one)
      else inTime.push(one)
    })
    await whileSomeEnd(PATIENCE_MS, all)
    isOver = true
    const loaded: (FunctionChange | null)[] = []
    for (const one of this.#withoutConflicts(inTime)) loaded.push(await this.#settle(one))
    for (const [index, { source }] of preparing.entries()) this.#noteWaiting(source, inTime, all[index])
    await this.#options.database.write((tx) => removeFunctionsBut(tx, this.names()))
    const changes = [...gone, ...loaded.flatMap((change) => change ?? [])]
    if (changes.length > 0) this.#options.onChange()
    return changes
  }

  /** One that took longer than others wait for, unless its files have changed since. */
  async #settleLate(prepared: Promise<Prepared>, one: Prepared): Promise<void> {
    const { name } = one.source
    if (this.#isClosed || this.#newest.get(name) !== prepared) {
      if (one.kind === 'ready') void one.serving.pool.drain(0)
      return
    }
    for (const settled of this.#withoutConflicts([one])) {
      const change = await this.#settle(settled)
      if (change === null) continue
      this.#options.onChange()
      this.#options.onLate(change)
    }
  }

  /** What is still being loaded is known by its name. */
  #noteWaiting(source: FunctionSource, inTime: readonly Prepared[], settled: Promise<void> = Promise.resolve()): void {
    const { name } = source
    if (this.#states.has(name) || inTime.some((one) => one.source === source)) return
    this.#states.set(name, {
      name,
      source,
      serving: null,
      hash: null,
      problems: [`${source.file} is still being loaded`],
    })
    const late = settled.finally(() => {
      if (this.#late.get(name) === late) this.#late.delete(name)
    })
    this.#late.set(name, late)
  }

  async #prepare(source: FunctionSource, isForced: boolean): Promise<Prepared> {
    const { database, loader } = this.#options
    const before = this.#states.get(source.name)
    let hash: string | null = null
    try {
      const built = await loader.build(source)
      if (!isForced && before?.hash === built.hash && before.problems.length === 0) return { kind: 'unchanged', source }
      const failure = isForced ? undefined : this.#failures.get(source.name)
      if (failure?.hash === built.hash) return { kind: 'failed', source, problems: failure.problems }
      hash = built.hash
      const stored = await this.#versionOf(source, built)
      const pin = findPin(database, source.name)
      const pinned = pin?.insteadOf === built.hash ? this.#chosen(source, pin.version) : undefined
      return { kind: 'ready', source, hash: built.hash, serving: pinned ?? loader.load(source, built, stored) }
    } catch (error) {
      const problems = problemsOf(error)
      // What has failed by itself fails again: it is not tried with every change of another.
      if (hash !== null) this.#failures.set(source.name, { hash, problems })
      return { kind: 'failed', source, problems }
    }
  }

  /** Those that would answer the same requests as others fail; what serves already goes on. */
  #withoutConflicts(prepared: readonly Prepared[]): readonly Prepared[] {
    const ready = prepared.flatMap((one) => (one.kind === 'ready' ? [routed(one.source, one.serving)] : []))
    const conflicts = routeConflicts([...ready, ...this.#routedBut(ready.map(({ name }) => name))])
    return prepared.map((one) => {
      const problems = [...conflicts].find(([{ serving }]) => one.kind === 'ready' && serving === one.serving)?.[1]
      if (problems === undefined || one.kind !== 'ready') return one
      void one.serving.pool.drain(0)
      return { kind: 'failed', source: one.source, problems }
    })
  }

  #routedBut(names: readonly string[]) {
    return this.list().flatMap(({ name, source, serving }) =>
      serving === null || names.includes(name) ? [] : [routed(source, serving)],
    )
  }

  /** One that cannot be loaded leaves what served before. Null where nothing is different. */
  async #settle(prepared: Prepared): Promise<FunctionChange | null> {
    const { source } = prepared
    const { name } = source
    const before = this.#states.get(name)
    switch (prepared.kind) {
      case 'unchanged':
        if (before !== undefined) this.#states.set(name, { ...before, source })
        return before === undefined || before.source.saved === source.saved ? null : this.#passedOver(before)
      case 'ready': {
        const { serving, hash } = prepared
        for (const warning of serving.warnings) this.#options.log.warn({ function: name }, warning)
        await this.#swap({ name, source, serving, hash, problems: [], split: this.#splitOf(source, serving, hash) })
        return { name, version: serving.version, problems: [] }
      }
      case 'failed': {
        const { problems } = prepared
        if (Bun.deepEquals(problems, before?.problems)) {
          this.#states.set(name, failedState(prepared, before))
          return null
        }
        this.#options.log.error({ function: name, problems }, 'a function could not be loaded')
        this.#states.set(name, failedState(prepared, before))
        return { name, version: before?.serving?.version ?? null, problems }
      }
    }
  }

  /** What was decided before a restart, or before what is there was loaded again. A version that cannot be loaded any more gets no calls. */
  #splitOf(source: FunctionSource, serving: LoadedFunction, hash: string): Split | null {
    const split = findSplit(this.#options.database, source.name, hash)
    if (split === null || split.version === serving.version) return null
    try {
      const other = this.#versions.get(`${source.name}@${split.version}`) ?? this.#chosen(source, split.version)
      if (other === undefined || splitProblem(serving, other) !== null) return null
      this.#versions.set(`${source.name}@${split.version}`, other)
      return split
    } catch (error) {
      if (!(error instanceof FunctionProblem)) throw error
      this.#options.log.error({ function: source.name, ...split, problems: error.problems }, 'a version gets no calls')
      return null
    }
  }

  /** A save that changes nothing does not end what was chosen: whoever made it is told. Null where nothing was chosen. */
  #passedOver({ name, hash, serving }: FunctionState): FunctionChange | null {
    const own = hash === null ? null : findVersionByHash(this.#options.database, name, hash)
    if (own === null || serving === null || own.version === serving.version) return null
    return { name, version: serving.version, problems: [], passedOver: own.version }
  }

  /** The version that this code is; a new one says what it is first. */
  async #versionOf(source: FunctionSource, built: BuiltFunction): Promise<StoredVersion> {
    const { database, loader, keepVersions } = this.#options
    const known = findVersionByHash(database, source.name, built.hash)
    if (known !== null) return known
    const { kind, config, input, output } = await loader.describe(source, built)
    const { hash, codeHash } = built
    const createdAt = new Date().toISOString()
    const described = { function: source.name, hash, codeHash, kind, config, input, output, createdAt }
    // Whether it can be served is known before it counts as a version.
    void loader.load(source, built, { ...described, version: 0 }).pool.drain(0)
    const { value } = await database.write((tx) => addVersion(tx, described, keepVersions))
    loader.discard(value.dropped)
    return { ...described, version: value.version }
  }

  async #swap(state: FunctionState): Promise<void> {
    const { name, source, serving } = state
    const before = this.#states.get(name)?.serving
    this.#states.set(name, state)
    if (before !== undefined && before !== null && before !== serving) void before.pool.drain(DRAIN_MS)
    if (serving === null) return
    const { version, kind, route, isAdmin: admin, calls, timeoutMs: timeout, isolation, accessText: access } = serving
    const row = {
      name,
      runtime: source.runtime,
      isolation,
      access,
      manifest: { version, kind, route, admin, calls, timeout },
    }
    await this.#options.database.write((tx) => putFunction(tx, row, new Date().toISOString()))
  }
}

/** What became of a function's files, before anything serves otherwise. */
type Prepared =
  | { readonly kind: 'unchanged'; readonly source: FunctionSource }
  | { readonly kind: 'ready'; readonly source: FunctionSource; readonly serving: LoadedFunction; readonly hash: string }
  | { readonly kind: 'failed'; readonly source: FunctionSource; readonly problems: readonly string[] }

/** What could not be loaded leaves what served before, and what was decided of that. */
function failedState(
  { source, problems }: Extract<Prepared, { readonly kind: 'failed' }>,
  before: FunctionState | undefined,
): FunctionState {
  return { serving: null, hash: null, ...before, name: source.name, source, problems }
}

interface Routed extends RoutedFunction {
  readonly serving: LoadedFunction
}

/** `hello` of `functions/hello.ts`. */
function nameOfFile(file: string): string {
  return file.replace(/^functions\//, '').replace(/\.[^.]*$/, '')
}

/** Without a door it is called by its name only. */
function routed({ file }: FunctionSource, serving: LoadedFunction): Routed {
  const { name, kind, route, methods, access } = serving
  return { name, file, kind, methods, route: access === null ? null : route, serving }
}

function problemsOf(error: unknown): readonly string[] {
  if (error instanceof FunctionProblem) return error.problems
  if (error instanceof StartError) return [error.trace === null ? error.message : `${error.message}\n${error.trace}`]
  return [error instanceof Error ? error.message : String(error)]
}
