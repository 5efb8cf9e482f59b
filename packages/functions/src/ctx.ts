import type { CallOptions } from '@koyalite/client/data'
import type { AdminDb, Db } from './db-types'
import type { Events, FunctionEvent } from './event-types'
import type { FunctionTypes } from './generated-types'
import type { Mails } from './mail-types'
import type { Job, Queue } from './queue-types'

export interface UserAuth {
  readonly kind: 'user'
  readonly id: string
  readonly email: string
  readonly role: string
  readonly verified: boolean
  /** Written by operators, keys and the server only. */
  readonly claims: Readonly<Record<string, unknown>>
  readonly metadata: Readonly<Record<string, unknown>>
}

export interface OperatorAuth {
  readonly kind: 'operator'
  readonly operator_id: string
  readonly email: string
  readonly role: 'owner' | 'admin' | 'editor' | 'viewer'
}

export interface ServiceAuth {
  readonly kind: 'service'
  readonly key_id: string
  readonly scopes: readonly unknown[]
}

export interface SystemAuth {
  readonly kind: 'system'
}

/** Who called. */
export type Auth = UserAuth | OperatorAuth | ServiceAuth | SystemAuth

/** Lines of the call's log. Fields are JSON: what is not is written as text. */
export interface FunctionLog {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

export type FunctionName = [keyof FunctionTypes] extends [never] ? string : keyof FunctionTypes & string
export type InputOf<N> = N extends keyof FunctionTypes
  ? FunctionTypes[N] extends { input: infer I }
    ? I
    : unknown
  : unknown
export type OutputOf<N> = N extends keyof FunctionTypes
  ? FunctionTypes[N] extends { output: infer O }
    ? O
    : unknown
  : unknown

/** What a call of a function has. */
export interface Ctx {
  /** Who called; null: anonymous. */
  readonly auth: Auth | null
  /** The user who called; null where nobody, or no user did. */
  readonly user: UserAuth | null
  /** Documents, with the rights of whoever called. */
  readonly db: Db
  /** Needs `admin: true` in the manifest. */
  readonly admin: { readonly db: AdminDb }
  readonly functions: {
    /** Calls a function that `calls` of the manifest names, as the same caller. Rejects with what it throws. */
    call<N extends FunctionName>(name: N, input?: InputOf<N>, options?: CallOptions): Promise<OutputOf<N>>
  }
  /** Work for later: jobs that functions with `queue` run. While a transaction is open, only `tx.queue` pushes. */
  readonly queue: Queue
  /** The job that this call runs; null where it runs none. */
  readonly job: Job | null
  /** Why this call is made, where the function has `events`: its input, too. Null of other calls. */
  readonly event: FunctionEvent | null
  /** While a transaction is open, only `tx.events` publishes. */
  readonly events: Events
  /** While a transaction is open, only `tx.mail` sends. */
  readonly mail: Mails
  readonly log: FunctionLog
  /** `env` of the manifest, and nothing else of the environment. */
  readonly env: Readonly<Record<string, string>>
  readonly request: {
    /** The caller's address. */
    readonly ip: string
    readonly headers: Headers
  }
  /** Aborted when the caller has gone, or the time is over. */
  readonly signal: AbortSignal
  /** When the time is over. */
  readonly deadline: Date
  /** Under which the server's log has the request. */
  readonly request_id: string
  /** Which version of the function runs. */
  readonly version: number
  /** The call that this one began with, and how many calls are between them. */
  readonly chain: { readonly root: string; readonly depth: number }
}
