import type { CodeDocuments, CodeRequest, HookCall, HookOperation, Tx } from '@koyalite/contracts'
import { beforeContext, laterContext } from '../running/hook-context'
import type { RunnableHook } from '../running/hook-stats'
import { type RunParts, runAtOnce, runInTime, tooLong } from '../running/run-hooks'

export interface ExtensionParts extends RunParts {
  readonly documents: CodeDocuments
}

/** Runs code that cannot wait, with a context of a transaction. @param more what its context has besides */
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
  const late = () => tooLong(hook, limitMs, 'code of this project took too long; try again')
  return runInTime(parts, hook, { limitMs, late }, async (signal) => {
    const ctx = laterContext(parts, { ...hook, call }, { documents: parts.documents.later(call), signal })
    return hook.run({ ...ctx, ...more }, ...args)
  })
}

/** A request as hooks of documents would see it. */
export function callOf(request: CodeRequest, collection: string, operation: HookOperation): HookCall {
  const { actor, time, ip, requestId } = request
  return { collection, operation, actor, time, ip, requestId, chain: null, depth: 0 }
}
