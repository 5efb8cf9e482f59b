import { AppError, SYSTEM } from '@koyalite/contracts'
import { type Caller, createCaller } from '../caller'
import type { DataContext } from '../data-context'

/** Hooks whose writes ran hooks, at most. */
const MAX_DEPTH = 8

/** Who writes in a hook: with all rights, in the name of whoever made the write that runs it. */
export function hookCaller(context: DataContext, caller: Caller): Caller {
  const { actor, time, ip, requestId, note, newUuid, hooking = {} } = caller
  const request = { method: '', ip: ip ?? '', headers: {}, requestId, time }
  return {
    ...createCaller(context, SYSTEM, request),
    ...{ actor, ip },
    ...(note !== undefined && { note }),
    ...(newUuid !== undefined && { newUuid }),
    hooking: { ...hooking, depth: (hooking.depth ?? 0) + 1 },
  }
}

/** Throws CHAIN_TOO_DEEP where a hook is inside of too many others to write. */
export function requireDepth({ hooking }: Caller, collection: string): void {
  if ((hooking?.depth ?? 0) <= MAX_DEPTH) return
  const message = `Hooks may write inside of ${MAX_DEPTH} others at most, and one wanted to write '${collection}' inside of more: it may be running itself again and again.`
  throw new AppError('CHAIN_TOO_DEEP', message)
}
