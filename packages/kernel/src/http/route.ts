import type { Actor, JsonValue, RouteAccess } from '@koyalite/contracts'
import type { ZodObject, ZodType } from 'zod'
import type { RateState } from '../rate-limit/rate-limiter'
import type { WebSocketResponse } from '../websocket/web-socket'
import type { NumberPolicy } from './parse-json'

/**
 * What becomes of a credential that a request brings. `checked`: one that is not good is an error, also where anonymous callers are welcome. `optional`:
 * one that is not good counts as none, where it must not be in the way of getting another. `header`: the same, and cookies are ignored: health.
 * `none`: nothing is looked at: pages, assets. `operator`: `checked`, but a cookie is looked at only if it is an operator's: what is otherwise under
 * /api/admin/ alone.
 */
export type CredentialUse = 'checked' | 'optional' | 'header' | 'none' | 'operator'

/** OPTIONS only of routes with `ownCors`: of others the pipeline answers it. */
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

/** What is known of a request before it is decided who makes it. */
export interface UnidentifiedRequest {
  /** Answered as X-Request-Id; the log has everything about the request under it. */
  readonly id: string
  /** Address of the client, in its one form; with `trust_proxy` that of whom the proxies were called by. */
  readonly ip: string
  readonly credentials: CredentialUse
  /** Whether it comes from this machine itself: see `isLocalCaller`. */
  readonly isLocal: boolean
  /** It is notified of limits and never refused by one: a caller on this machine, in `dev`. */
  readonly isUnlimited: boolean
  /** When the request arrived, in milliseconds since 1970. */
  readonly time: number
  readonly method: string
  /** As it was sent: still percent-encoded. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Headers
  /** The remainder of a rate limit that the request counted against. Every response reports it in its headers; of several the tightest. */
  reportRateLimit(state: RateState): void
}

/** A request that has passed the pipeline, as a route's handler sees it. */
export interface ApiRequest extends UnidentifiedRequest {
  readonly actor: Actor
  /** The path's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal
  /** What it asks the database for, without values: for the log. */
  reportQuery(shape: string): void
  /**
   * The body, parsed: objects without a prototype, depth and size limited, numbers that come back as they are.
   * @param numbers what becomes of other numbers; without it they are refused
   * @throws AppError UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE, INVALID_JSON, VALIDATION_ERROR
   */
  json(numbers?: NumberPolicy): Promise<unknown>
  /** The body as it came. @throws AppError PAYLOAD_TOO_LARGE */
  bytes(): Promise<Uint8Array<ArrayBuffer>>
  /** The body in chunks; it errors with PAYLOAD_TOO_LARGE past the limit. Null if there is none. */
  stream(): ReadableStream<Uint8Array> | null
}

/** What a handler responds with. Text is sent as JSON unless `headers` says otherwise. Header names are lower-case. */
export interface ApiResponse {
  readonly status: number
  readonly body: string | Uint8Array<ArrayBuffer> | null
  readonly headers?: Readonly<Record<string, string>>
  /** Set-Cookie headers. */
  readonly cookies?: readonly string[]
}

/** A WebSocketResponse is for requests that ask for one: the connection continues as a WebSocket. */
export type RouteResponse = ApiResponse | Response | WebSocketResponse

/** What a response holds: JSON of a type, nothing (null), or text and bytes of a media type. */
export type ResponseType = ZodType | null | MediaType

export interface MediaType {
  /** `text/html; charset=utf-8` */
  readonly mediaType: string
}

/** JSON of a type that the project has written. */
export interface JsonType {
  /** Of its schema in the reference: `createPost.input`. */
  readonly name: string
  /** References into itself lead to `#/components/schemas/<name>`. */
  readonly jsonSchema: { readonly [keyword: string]: JsonValue }
  /** Of a body: whether there must be one. */
  readonly required?: boolean
}

/**
 * What the route table has. Routes are made by `route()`, which reads and checks what they declare; by hand only those of documents, whose paths are
 * the hot ones and whose types come from the schema, and those that serve files.
 */
export interface Route {
  readonly method: HttpMethod
  /** `/api/collections/:collection/:id`; a last segment `*` takes the rest. */
  readonly path: string
  /** Its name in the reference and in the client of the admin API: `listUsers`. */
  readonly name?: string
  /** One line for the reference. */
  readonly summary?: string
  /** Who may use it: checked as soon as the actor is known. */
  readonly access: RouteAccess
  /** What it takes, as the reference says it: JSON of a type, or another media type. */
  readonly body?: ZodType | MediaType | JsonType
  readonly query?: ZodObject
  /** What it responds with, by status, besides errors; `default`: whatever it is, errors included. */
  readonly responses?: { readonly [status: number]: ResponseType | JsonType; readonly default?: MediaType }
  /** It runs code of the project, which has errors of its own besides ours. */
  readonly runsFunction?: true
  /** It takes an Idempotency-Key, with which a repeated request gets the first response again. */
  readonly repeatable?: true
  /** By default `checked`. */
  readonly credentials?: CredentialUse
  /** A page of the project may make it its service worker, which then answers for every path beside it. By default nothing may be one. */
  readonly serviceWorker?: true
  /** It says itself which origins may read its responses, and answers OPTIONS: nothing is added to what it says. */
  readonly ownCors?: true
  /** Bytes; instead of `server.max_body`. */
  readonly bodyLimit?: number
  /**
   * It may write: a process that only reads passes it on. By default every method but GET. A GET that turns out to write is passed on then; it must
   * say so here only if it does anything else before.
   */
  readonly writes?: boolean
  /** The response of a synchronous handler is sent without a turn of the event loop. */
  handle(request: ApiRequest): RouteResponse | Promise<RouteResponse>
}
