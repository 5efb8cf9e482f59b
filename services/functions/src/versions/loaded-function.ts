import type { Actor, ScheduleSpec } from '@koyalite/contracts'
import type { Rate } from '@koyalite/kernel'
import type { RequestContext } from '@koyalite/query'
import type { FunctionPool } from '../pool/function-pool'
import type { Method } from '../source/manifest/manifest-keys'
import type { Network } from '../source/manifest/network'
import type { FunctionQueue } from '../source/manifest/read-queue'
import type { FunctionSchema } from '../source/schema/function-schema'

/** One version of a function, ready to be called. */
export interface LoadedFunction {
  readonly name: string
  readonly version: number
  /** `raw`: it takes requests as they come and answers them itself. */
  readonly kind: 'typed' | 'raw'
  /** Null: it has no door over HTTP. */
  readonly access: ((actor: Actor, request: RequestContext, input: unknown) => boolean) | null
  /** As it is written. */
  readonly accessText: string | null
  /** `none`: no credential is looked at. */
  readonly auth: 'checked' | 'none'
  readonly isAdmin: boolean
  /** `ctx.db` refuses writes. */
  readonly readsOnly: boolean
  /** Other functions that it may call. */
  readonly calls: readonly string[]
  /** How it runs jobs; null: it runs none. */
  readonly queue: FunctionQueue | null
  /** Other functions that it may push jobs of. */
  readonly queues: readonly string[]
  /** When it runs by itself; null: it does not. */
  readonly schedule: ScheduleSpec | null
  /** The events that call it. */
  readonly events: readonly string[]
  /** Changes that it makes itself do not. */
  readonly ignoresOwn: boolean
  /** The project's own events that it may publish. */
  readonly publishes: readonly string[]
  /** Its jobs have no caller. */
  readonly runsAsSystem: boolean
  readonly timeoutMs: number
  /** From the first byte of a stream to its end; null: as long as it takes. */
  readonly streamTimeoutMs: number | null
  /** Bytes. */
  readonly maxBody: number
  /** Where it answers besides /api/functions/<name>: `/hooks/stripe`. */
  readonly route: string | null
  /** Of a raw function; null: all. */
  readonly methods: readonly Method[] | null
  /** It answers OPTIONS, and says which origins may read its answers. */
  readonly hasOwnCors: boolean
  /** Calls per caller. */
  readonly rate: Rate | null
  readonly isHtmlAllowed: boolean
  readonly isolation: 'process' | 'sandbox' | 'container'
  readonly network: Network
  /** Bytes, of each instance. */
  readonly memoryLimit: number
  /** Calls that an instance runs at once. */
  readonly concurrency: number
  /** The names of what its environment has; the values stay where they are. */
  readonly envNames: readonly string[]
  /** Null where it declares none: then anything goes. */
  readonly input: FunctionSchema | null
  readonly output: FunctionSchema | null
  /** What is doubtful about its manifest. */
  readonly warnings: readonly string[]
  /** Replaces secrets of its `env` in what is kept of a call. */
  mask(text: string): string
  readonly pool: FunctionPool
}
