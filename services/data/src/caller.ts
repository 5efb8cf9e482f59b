import type { Actor, AuditedCaller, HookOperation, HookValues } from '@koyalite/contracts'
import { type Access, accessOf, type RequestContext } from '@koyalite/query'
import type { Schema } from '@koyalite/schema'
import type { ActionOrigin } from './actions/action'

/** Who runs an operation, what they may do, and when: all that operations and rules know of a request. */
export interface Caller extends AuditedCaller {
  readonly access: Access
  /** Milliseconds since 1970, fixed for the whole request: `now` in defaults and `request.time` in expressions. */
  readonly time: number
  /** The same, as it is stored. */
  readonly now: string
  /** Makes ids for `default: auto`, where a write that runs again must make the same; else they are new. */
  readonly newUuid?: () => string
  /** Where what they write is an action of an operator. */
  readonly action?: ActionOrigin
  /** Where their writes run hooks in another way than those of a request. */
  readonly hooking?: Hooking
}

export interface Hooking {
  /** How many hooks the writes are inside of. */
  readonly depth?: number
  /** Nothing waits for `prepare…`: the writes are tried only, or are in a transaction already. */
  readonly isUnprepared?: true
  /** Where a write is made more than once: what `prepare…` has made of it, which runs once. */
  readonly prepared?: () => Prepared
  /** Told of what hooks write. */
  readonly wrote?: (collection: string, operation: HookOperation) => void
}

/** What `prepare…` makes of one write. */
export interface Prepared {
  /** Once it has run: for which operation, and what came of it. */
  done?: { readonly operation: HookOperation; readonly data: HookValues | null }
  /** What the write has come to, where that is something else than what was prepared. */
  actual?: HookOperation
  /** Values that are not known yet: keys of earlier operations. */
  readonly unknown?: readonly string[]
}

/** What rules may look at besides the actor, and the id under which the log has the request. */
export interface CallingRequest extends RequestContext {
  readonly requestId?: string | null
}

export function createCaller({ schema }: { readonly schema: Schema }, actor: Actor, request: CallingRequest): Caller {
  const { time, ip, requestId = null } = request
  return { actor, access: accessOf(schema, actor, request), time, now: timestampOf(time), ip, requestId }
}

let lastTime = 0
let lastTimestamp = ''

/** Formatting a date is expensive, and many requests arrive within the same millisecond. */
function timestampOf(time: number): string {
  if (time !== lastTime) {
    lastTime = time
    lastTimestamp = new Date(time).toISOString()
  }
  return lastTimestamp
}
