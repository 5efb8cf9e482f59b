import {
  AppError,
  type CodeDocuments,
  type CodeRequest,
  type HookCall,
  type HookOperation,
  type Tx,
} from '@koyalite/contracts'
import { beforeContext, laterContext } from '../running/hook-context'
import { HookFailed } from '../running/hook-errors'
import type { RunnableHook } from '../running/hook-stats'
import { isThenable, noted, type RunParts, requireOn, started } from '../running/run-hooks'

export interface ExtensionParts extends RunParts {
  readonly documents: CodeDocuments
}

/** Runs code that cannot wait. Throws what it throws, as callers get it. */
export function runAtOnce(parts: RunParts, hook: RunnableHook, run: () => unknown): unknown {
  requireOn(parts, hook)
  try {
    const made = started(parts, hook, run)
    if (isThenable(made)) throw new HookFailed('it returned a promise: what runs inside of a write cannot wait')
    return made
  } catch (error) {
    throw noted(parts, hook, error)
  }
}

/** The same, with a context of a transaction. @param more what its context has besides */
export function runWithin(
  parts: ExtensionParts,
  hook: RunnableHook,
  {
    tx,
    call,
    more,
    args,
  }: { readonly tx: Tx; readonly call: HookCall; readonly more: object; readonly args: readonly unknown[] },
): unknown {
  return parts.documents.within(tx, call, (documents) => {
    const { ctx, end } = beforeContext(parts, { ...hook, call }, { tx, documents })
    try {
      return runAtOnce(parts, hook, () => hook.run({ ...ctx, ...more }, ...args))
    } finally {
      end()
    }
  })
}

/** Runs code that may wait, for so long. Rejects with what callers get. */
export async function runLater(
  parts: ExtensionParts,
  hook: RunnableHook,
  {
    call,
    more,
    args,
    limitMs,
  }: { readonly call: HookCall; readonly more: object; readonly args: readonly unknown[]; readonly limitMs: number },
): Promise<unknown> {
  requireOn(parts, hook)
  const { promise: late, reject } = Promise.withResolvers<never>()
  const ended = new AbortController()
  const timer = setTimeout(() => {
    ended.abort()
    const cause = new HookFailed(`${hook.place} took longer than ${limitMs / 1000} s`)
    reject(new AppError('UNAVAILABLE', 'code of this project took too long; try again', { cause }))
  }, limitMs)
  try {
    const ctx = laterContext(parts, { ...hook, call }, { documents: parts.documents.later(call), signal: ended.signal })
    const run = (async () => started(parts, hook, () => hook.run({ ...ctx, ...more }, ...args)))()
    return await Promise.race([parts.watchdog.during(hook, run), late])
  } catch (error) {
    throw error instanceof AppError && ended.signal.aborted ? error : noted(parts, hook, error)
  } finally {
    clearTimeout(timer)
  }
}

/** A request as hooks of documents would see it. */
export function callOf(request: CodeRequest, collection: string, operation: HookOperation): HookCall {
  const { actor, time, ip, requestId } = request
  return { collection, operation, actor, time, ip, requestId, chain: null, depth: 0 }
}
