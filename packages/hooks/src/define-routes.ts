import type { SchemaOf } from '@koyalite/client/data'
import type { JsonSchema, ShortSchema } from '@koyalite/functions'
import type { PrepareContext } from './hook-context'

/** A route of the project's own. */
export interface RouteDefinition<S extends SchemaOf<S>> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `/api/x/invoices/:id` */
  readonly path: `/api/x/${string}`
  /** Who may use it: an expression over `auth` and `request`, as functions have. Without it only owners, admins and keys with all rights. */
  readonly access?: string
  /** What the JSON of the body is, checked before the handler runs. */
  readonly input?: ShortSchema | JsonSchema
  /** What it returns, with status 200. */
  readonly output?: ShortSchema | JsonSchema
  /** Runs outside of a transaction, for 30 seconds at most. What it returns is sent as JSON. */
  handler(ctx: RouteContext<S>, request: RouteRequest): unknown
}

export interface RouteContext<S extends SchemaOf<S>>
  extends Omit<PrepareContext<S>, 'collection' | 'operation' | 'request'> {
  readonly request: RouteRequest
  /** A response with another status or headers, to return. Text is sent as it is with a `content-type`, all else as JSON. */
  reply(status: number, body?: unknown, headers?: Readonly<Record<string, string>>): RouteReply
}

declare const REPLY: unique symbol
export interface RouteReply {
  readonly [REPLY]: true
}

export interface RouteRequest {
  /** Under which the server's log has it. */
  readonly id: string
  /** The caller's address. */
  readonly ip: string
  readonly method: string
  readonly path: string
  /** Without credentials. */
  readonly headers: Headers
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** Parsed; null where there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: `input` says what it is
  readonly body: any
}
