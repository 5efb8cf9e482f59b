import type { FunctionName, InputOf, OutputOf } from '../ctx'
import type { AdminDb } from '../db-types'

/** A user who is signed in. */
export interface TestUser {
  readonly id: string
  readonly email: string
  readonly password: string
  /** The access token. */
  readonly token: string
}

/** What may be chosen of a user; everything else is chosen for you. */
export interface NewUser {
  readonly email?: string
  readonly password?: string
  readonly role?: string
  /** @default true */
  readonly verified?: boolean
  /** Other fields of `users`. */
  readonly [field: string]: unknown
}

/**
 * Who calls. `service`: a service key that may do everything, which also calls functions without `access`.
 * @default 'anonymous'
 */
export type Caller = TestUser | 'anonymous' | 'service'

export interface CallAs {
  readonly as?: Caller
}

/** A call that has ended, with what it has logged. */
export interface Execution {
  readonly id: string
  readonly function: string
  readonly version: number
  readonly status: 'ok' | 'refused' | 'error' | 'crashed' | 'memory' | 'timeout' | 'not_run'
  readonly ms: number
  readonly error: { readonly code: string; readonly message: string; readonly stack?: string } | null
  readonly logs: readonly {
    readonly level: 'debug' | 'info' | 'warn' | 'error'
    readonly message: string
    readonly fields?: unknown
  }[]
}

/** A job, and what it has come to. */
export interface TestJob {
  readonly id: string
  readonly name: string
  /** `retrying` and `waiting` where its time has not come. */
  readonly state: 'waiting' | 'running' | 'retrying' | 'done' | 'dead' | 'cancelled'
  /** How many runs it had. */
  readonly attempt: number
  readonly payload: unknown
  /** Of a function with `queue: { result: true }`. */
  readonly result: unknown
  readonly error: { readonly code: string; readonly message: string } | null
}

export interface DrainOptions {
  /** Milliseconds after which it gives up. @default 20000 */
  readonly withinMs?: number
}

/** An email that would have been sent. */
export interface Mail {
  readonly to: string
  readonly subject: string
  /** What it was made from; null where a function has written it itself. */
  readonly template: string | null
  /** `failed`: its template threw, for one. */
  readonly status: 'queued' | 'held' | 'sent' | 'failed'
  /** Why it has failed. */
  readonly error: string | null
  /** Empty where it has none. */
  readonly html: string
  readonly text: string
}

/** The project, served for tests: with a database in memory, on a port of this machine, without sending anything. */
export interface TestProject {
  /** Where it is served. */
  readonly url: string
  /** Calls a function as a client does. Rejects with a KoyaError: its `code`, `status` and `details`. */
  call<N extends FunctionName>(name: N, input?: InputOf<N>, options?: CallAs): Promise<OutputOf<N>>
  /** Sends a request to a function that answers requests, or to any other route. */
  fetch(path: string, init?: RequestInit & CallAs): Promise<Response>
  /** Documents with the server's rights: to prepare a test, and to look at what it has done. */
  readonly db: AdminDb
  /** Documents with the rights of somebody. */
  dbAs(caller: Caller): AdminDb
  /** Creates a user and signs them in. */
  signIn(user?: NewUser): Promise<TestUser>
  /** Calls since the data was last reset, the latest first. @param name only of this function */
  executions(name?: string): Promise<readonly Execution[]>
  readonly jobs: {
    /**
     * Waits until all jobs that are due, or will be within two seconds, have run, and those that they push. Returns all that were pushed since the data was last
     * reset, the first one first: those that are to run later, or again later, are as they are.
     */
    drain(options?: DrainOptions): Promise<readonly TestJob[]>
  }
  /** Emails since the data was last reset, the latest first: those of templates once they are rendered. */
  mails(): Promise<readonly Mail[]>
  /** Removes all documents, users and jobs, and writes the seeds again. */
  reset(): Promise<void>
}
