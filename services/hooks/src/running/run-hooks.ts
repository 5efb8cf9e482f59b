import {
  type AfterInput,
  AppError,
  type BeforeInput,
  type CollectionHooks,
  type HookCall,
  type HookOperation,
  type HookStage,
  type HookValues,
  type PrepareInput,
  type Tx,
} from '@koyalite/contracts'
import type { Watchdog } from '../watchdog/watchdog'
import { beforeContext, type ContextParts, laterContext } from './hook-context'
import { errorOfHook, HookFailed } from './hook-errors'
import type { RunnableHook } from './hook-stats'
import { copied, wireValues } from './wire-values'

export interface RunParts extends ContextParts {
  readonly watchdog: Pick<Watchdog, 'run' | 'during'>
  /** Whether callers see what hooks threw. */
  readonly isDev: boolean
  /** What runs after writes: waited for when the server stops. */
  readonly running: Set<Promise<void>>
  /** Of a hook that is switched off: why; null: it runs. */
  whyOff(hook: RunnableHook): string | null
}

/** A hook that blocks for longer is named in the log. */
const SLOW_MS = 50
const PREPARE_MS = 2_000
const MAX_DEPTH = 8
/** Of one hook. */
const WARN_EVERY_MS = 60_000

/** The hooks of one collection, as what writes documents runs them. */
export function collectionHooks(parts: RunParts, hooks: readonly RunnableHook[]): CollectionHooks {
  const by = new Map<string, readonly RunnableHook[]>()
  for (const hook of hooks)
    by.set(keyOf(hook.stage, hook.operation), [...(by.get(keyOf(hook.stage, hook.operation)) ?? []), hook])
  const of = (stage: HookStage, operation: HookOperation) => by.get(keyOf(stage, operation)) ?? []
  return {
    has: (stage, operation) => by.has(keyOf(stage, operation)),

    async prepare(call, { data, documents }: PrepareInput) {
      let values = data
      for (const hook of of('prepare', call.operation))
        values = await prepared(parts, hook, { call, data: values, documents })
      return values
    },

    before(tx, call, { data, old, documents }: BeforeInput) {
      if (call.depth >= MAX_DEPTH) throw tooDeep(parts, of('before', call.operation), call)
      let values = data
      for (const hook of of('before', call.operation))
        values = before(parts, hook, { tx, call, input: { data: values, old, documents } })
      return values
    },

    after(call, input) {
      for (const hook of of('after', call.operation)) {
        if (parts.whyOff(hook) !== null) continue
        const run = after(parts, hook, { call, input }).finally(() => parts.running.delete(run))
        parts.running.add(run)
      }
    },
  }
}

function keyOf(stage: HookStage, operation: HookOperation): string {
  return `${stage} ${operation}`
}

/** Its writes are refused: they would be made without what the project asks for. */
function requireOn({ whyOff, isDev }: RunParts, hook: RunnableHook): void {
  const why = whyOff(hook)
  if (why === null) return
  throw new AppError(
    'UNAVAILABLE',
    isDev ? `${hook.place} is switched off: ${why}` : 'this operation is switched off at the moment',
  )
}

function tooDeep(parts: RunParts, hooks: readonly RunnableHook[], { collection, operation }: HookCall): AppError {
  const place = hooks[0]?.place ?? `${collection} ${operation}`
  const thrown = new HookFailed(`hooks write inside of one another, ${MAX_DEPTH} deep: each of them causes the next`)
  return errorOfHook(thrown, { place, isDev: parts.isDev })
}

async function prepared(
  parts: RunParts,
  hook: RunnableHook,
  { call, data, documents }: PrepareInput & { readonly call: HookCall },
): Promise<HookValues | null> {
  const given = data === null ? null : copied(data)
  const late = () => failed(hook, tooLong(hook, PREPARE_MS, 'a hook of this project took too long; try again'))
  return runInTime(parts, hook, { limitMs: PREPARE_MS, late }, async (signal) => {
    const ctx = laterContext(parts, { ...hook, call }, { documents, signal })
    const made = await hook.run(ctx, ...(given === null ? [] : [given]))
    return given === null ? null : wireValues(made ?? given, hook.place)
  })
}

/** Runs code that may wait, for so long: then it is told to end, and `late` is thrown. Throws what it throws, as callers get it. */
export async function runInTime<T>(
  parts: RunParts,
  hook: RunnableHook,
  { limitMs, late }: { readonly limitMs: number; readonly late: () => AppError },
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  requireOn(parts, hook)
  const ended = new AbortController()
  const { promise: over, reject } = Promise.withResolvers<never>()
  let tooLate: AppError | null = null
  const timer = setTimeout(() => {
    ended.abort()
    tooLate = late()
    reject(tooLate)
  }, limitMs)
  try {
    const code = (async () => started(parts, hook, () => run(ended.signal)))()
    return await Promise.race([parts.watchdog.during(hook, code), over])
  } catch (error) {
    throw tooLate !== null && error === tooLate ? tooLate : noted(parts, hook, error)
  } finally {
    clearTimeout(timer)
  }
}

/** @param message for callers */
export function tooLong({ place }: RunnableHook, limitMs: number, message: string): AppError {
  return new AppError('UNAVAILABLE', message, {
    cause: new HookFailed(`${place} took longer than ${limitMs / 1000} s`),
  })
}

/** Runs code that cannot wait. Throws what it throws, as callers get it. @param result what comes of what it returned */
export function runAtOnce<T = unknown>(
  parts: RunParts,
  hook: RunnableHook,
  run: () => unknown,
  result: (made: unknown) => T = (made) => made as T,
): T {
  requireOn(parts, hook)
  try {
    const made = started(parts, hook, run)
    if (isThenable(made)) throw new HookFailed('it returned a promise: what runs inside of a write cannot wait')
    return result(made)
  } catch (error) {
    throw noted(parts, hook, error)
  }
}

function before(
  parts: RunParts,
  hook: RunnableHook,
  { tx, call, input }: { readonly tx: Tx; readonly call: HookCall; readonly input: BeforeInput },
): HookValues | null {
  const { data, old, documents } = input
  const given = data === null ? null : copied(data)
  const args = [...(given === null ? [] : [given]), ...(old === null ? [] : [copied(old)])]
  const { ctx, end } = beforeContext(parts, { ...hook, call }, { tx, documents })
  try {
    return runAtOnce(
      parts,
      hook,
      () => hook.run(ctx, ...args),
      (made) => (given === null ? null : wireValues(made ?? given, hook.place)),
    )
  } finally {
    end()
  }
}

async function after(
  parts: RunParts,
  hook: RunnableHook,
  { call, input: { doc, old, documents } }: { readonly call: HookCall; readonly input: AfterInput },
): Promise<void> {
  try {
    // Once what committed the write is done with it.
    await null
    const ctx = laterContext(parts, { ...hook, call }, { documents })
    const args = [doc, old].flatMap((one) => (one === null ? [] : [copied(one)]))
    await parts.watchdog.during(hook, (async () => started(parts, hook, () => hook.run(ctx, ...args)))())
  } catch (error) {
    const { cause, message } = failed(hook, errorOfHook(error, { place: hook.place, isDev: true }))
    parts.log.error(
      { ...(cause !== undefined && { err: cause }), hook: hook.file },
      `${hook.place} failed after the write was stored: ${message}`,
    )
  }
}

/** Runs code of a hook up to where it first waits. What it holds up for long is named in the log. */
function started<T>({ watchdog, log }: RunParts, hook: RunnableHook, run: () => T): T {
  const began = performance.now()
  try {
    return watchdog.run(hook, run)
  } finally {
    const ms = performance.now() - began
    hook.stats.times.add(ms)
    if (ms > SLOW_MS) {
      hook.stats.slow++
      if (mayWarn(hook))
        log.warn(
          { hook: hook.file, ms: Math.round(ms) },
          `${hook.place} held up the server for ${Math.round(ms)} ms: hooks run in its process, and nothing else does meanwhile`,
        )
    }
  }
}

const warned = new WeakMap<RunnableHook, number>()

function mayWarn(hook: RunnableHook): boolean {
  const now = Date.now()
  if (now - (warned.get(hook) ?? 0) < WARN_EVERY_MS) return false
  warned.set(hook, now)
  return true
}

/** The error that callers get; a refusal of the hook's own is no failure. */
function noted(parts: RunParts, hook: RunnableHook, thrown: unknown): AppError {
  const error = errorOfHook(thrown, { place: hook.place, isDev: parts.isDev })
  return error.status >= 500 ? failed(hook, error) : error
}

function failed(hook: RunnableHook, error: AppError): AppError {
  hook.stats.failed(error.cause instanceof HookFailed ? error.cause.message : error.message, Date.now())
  return error
}

function isThenable(value: unknown): boolean {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}
