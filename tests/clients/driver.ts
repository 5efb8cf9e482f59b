import { spawn } from 'node:child_process'
import { linesOf } from './lines'

/**
 * What the scenarios let a client do. Each language has a driver: a program that reads one of these as JSON from each line of its input,
 * does it with the client that `generate` wrote, and answers with one line. Drivers only translate; what is right is said in
 * the scenarios.
 *
 * Values of a type of their own are tagged in both directions, so that it is seen what a client makes of them:
 * `{"$timestamp": "2026-01-02T03:04:05.678Z"}`, `{"$date": "2026-01-02"}`, `{"$bytes": "AP8="}`. A float without a fraction is
 * answered as `{"$float": "1"}` by languages that tell it from an int.
 */
export type Operation =
  | { readonly op: 'list' | 'all' | 'first' | 'count'; readonly query: QuerySpec }
  | { readonly op: 'page'; readonly query: QuerySpec; readonly cursor?: string; readonly count?: boolean }
  | { readonly op: 'aggregate'; readonly query: QuerySpec; readonly input: object }
  | { readonly op: 'get'; readonly collection: string; readonly id: unknown; readonly expand?: readonly string[] }
  | { readonly op: 'create'; readonly collection: string; readonly data: object; readonly idempotencyKey?: string }
  | { readonly op: 'createMany'; readonly collection: string; readonly data: readonly object[] }
  | {
      readonly op: 'update' | 'replace'
      readonly collection: string
      readonly id: unknown
      readonly data: object
      /** A tag; `true`: of the document as this client has seen it last. */
      readonly ifMatch?: string | true
    }
  | { readonly op: 'delete'; readonly collection: string; readonly id: unknown; readonly ifMatch?: string | true }
  | { readonly op: 'batch'; readonly operations: readonly BatchStep[] }
  /** A function of functions.ts. */
  | {
      readonly op: 'call'
      readonly function: 'placeOrder' | 'add-note' | 'countUp' | 'now'
      readonly input: object
      readonly idempotencyKey?: string
    }
  /** Any route. */
  | { readonly op: 'request'; readonly method: 'POST'; readonly path: string; readonly body: object }
  /** The latest position that an answer had. */
  | { readonly op: 'lastSeq' }
  | { readonly op: 'register' | 'login'; readonly email: string; readonly password: string }
  | { readonly op: 'logout' }
  /** The user of the session, or null. */
  | { readonly op: 'user' }
  /** Starts a live query of that name. */
  | { readonly op: 'follow'; readonly name: string; readonly query: QuerySpec }
  /** What a live query has: its documents, their position, how often it was told of a new state, the error that ended it. */
  | { readonly op: 'followed'; readonly name: string }
  | { readonly op: 'unfollow'; readonly name: string }

export interface BatchStep {
  readonly op: 'create' | 'update' | 'replace' | 'delete'
  readonly collection: string
  readonly id?: unknown
  readonly data?: object
}

export interface QuerySpec {
  readonly collection: string
  /** The JSON filter of the API, with tagged values. Drivers of typed languages build it from their own parts. */
  readonly filter?: Filter
  readonly where?: { readonly expression: string; readonly params: readonly unknown[] }
  readonly sort?: readonly string[]
  readonly limit?: number
  readonly offset?: number
  readonly expand?: readonly string[]
  readonly fields?: readonly string[]
}

/** `{ field: { $operator: value } }`, `$and`, `$or`, `$not`. */
export interface Filter {
  readonly [name: string]: unknown
}

export interface Followed {
  readonly docs: readonly Document[]
  readonly seq: string | null
  readonly states: number
  readonly error: FailureBody | null
}

export type Document = Readonly<Record<string, unknown>>

export interface FailureBody {
  /** What the language calls the error: a class, a sentinel. */
  readonly kind: string
  readonly code: string
  readonly status: number
  readonly message: string
  readonly details: readonly Readonly<Record<string, unknown>>[]
  readonly requestId: string | null
  readonly operation: number | null
  readonly executed: 'no' | 'maybe' | null
  readonly execution: string | null
}

/** A call that the client refused, or reports as refused. */
export class ClientFailure extends Error {
  readonly body: FailureBody

  constructor(body: FailureBody) {
    super(`${body.code}: ${body.message}`)
    this.body = body
  }
}

/** How a client is made. */
export interface ClientOptions {
  readonly url: string
  readonly token?: string
  /** In milliseconds. */
  readonly timeout?: number
  readonly retries?: number
}

export interface ClientDriver {
  /** Another client of the same process. Rejects with a `ClientFailure` what the client refuses. */
  client(options: ClientOptions): Client
  stop(): Promise<void>
}

export interface Client {
  do<T = unknown>(operation: Operation): Promise<T>
}

interface Answer {
  readonly id: number
  readonly value?: unknown
  readonly failure?: FailureBody
  /** The driver itself does not know what to do. */
  readonly fault?: string
}

/** Starts a driver: its commands are lines `{"id", "client": {"name", …options}, "operation"}`, its answers `{"id", "value" | "failure" | "fault"}`. */
export function startDriver([program, ...args]: readonly string[], cwd: string): ClientDriver {
  const child = spawn(program as string, args, { cwd, stdio: ['pipe', 'pipe', 'pipe'] })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let printed = ''
  child.stderr.on('data', (text) => {
    printed = (printed + text).slice(-4000)
  })
  const listen = async () => {
    for await (const line of linesOf(child.stdout)) {
      const { id, value, failure, fault }: Answer = JSON.parse(line)
      const call = waiting.get(id)
      waiting.delete(id)
      if (fault !== undefined) call?.reject(new Error(`the driver: ${fault}`))
      else if (failure !== undefined) call?.reject(new ClientFailure(failure))
      else call?.resolve(value)
    }
  }
  void listen()
  let end: Error | undefined
  const ended = new Promise<void>((resolve) => {
    child.on('close', (code) => {
      end = new Error(`the driver ended with ${code}: ${printed}`)
      for (const { reject } of waiting.values()) reject(end)
      waiting.clear()
      resolve()
    })
  })
  let calls = 0
  let clients = 0
  return {
    client(options) {
      const client = { name: `client ${++clients}`, ...options }
      return {
        do<T>(operation: Operation) {
          if (end) return Promise.reject(end)
          const call = Promise.withResolvers<unknown>()
          const id = ++calls
          waiting.set(id, call)
          child.stdin.write(`${JSON.stringify({ id, client, operation })}\n`)
          return call.promise as Promise<T>
        },
      }
    },
    async stop() {
      child.stdin.end()
      await ended
    },
  }
}
