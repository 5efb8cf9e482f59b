import type { Actor, RouteAccess } from '@koyalite/contracts'
import { z } from 'zod'
import type { WebSocketResponse } from '../websocket/web-socket'
import { RequestFaults } from './request-faults'
import type { ApiRequest, ApiResponse, MediaType, ResponseType, Route, RouteResponse } from './route'
import { createQueryParser } from './route-query'

/**
 * What a route is, said once: its types, its checks, the reference (OpenAPI) and the client of the admin API come from it.
 *
 * ```ts
 * route({
 *   method: 'POST',
 *   path: '/api/admin/toys/:id/paint',
 *   name: 'paintToy',
 *   summary: 'Paint a toy',
 *   access: admin(TOYS_AREA, 'write'),
 *   body: z.strictObject({ color: z.string() }),
 *   responses: { 200: toy },
 *   handle: ({ params, body, actor }) => paintToy(context, actor, { id: params.id, ...body }),
 * })
 * ```
 */
export interface RouteDefinition<
  Path extends string,
  Access extends RouteAccess,
  Query extends z.ZodObject | undefined,
  Body extends z.ZodType | MediaType | undefined,
  Responses extends ResponseTypes,
> extends Pick<Route, 'method' | 'name' | 'credentials' | 'bodyLimit' | 'writes'> {
  readonly path: Path
  /** One line for the reference. */
  readonly summary: string
  /** Who may use it: checked before anything of the request is read. */
  readonly access: Access
  /** The parameters of the query. Without it none is read. */
  readonly query?: Query
  /** The JSON of the body. A type that takes an empty object takes no body as well. What is not JSON is left to `request.bytes()` and `request.stream()`. */
  readonly body?: Body
  /** What it responds with, by status, besides errors. */
  readonly responses: Responses
  /** Throws where the request must not be served whatever its body is: called after `access`, for a query without faults, before anything of the body is read. */
  beforeBody?(call: RouteCall<PathParams<Path>, ActorOf<Access>, Parsed<Query>, undefined>): void
  /**
   * Returns the value of the response where there is one status, else a `reply`; a `Response` for what is not JSON. One that is synchronous, on a
   * route without a body, is served without a turn of the event loop.
   */
  handle(
    call: RouteCall<PathParams<Path>, ActorOf<Access>, Parsed<Query>, Parsed<Body>>,
  ): Handled<Responses> | Promise<Handled<Responses>>
}

export interface RouteCall<Params, A, Query, Body> {
  readonly actor: A
  /** The path's parameters, decoded. */
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** For what is neither: address, headers, the signal. */
  readonly request: ApiRequest
}

export type ResponseTypes = Readonly<Record<number, ResponseType>>

/** A response with its status, where a route has several, and what it has besides a value. */
export class Reply<Status extends number, Value> {
  readonly status: Status
  readonly value: Value
  readonly options: ReplyOptions

  constructor(status: Status, value: Value, options: ReplyOptions) {
    this.status = status
    this.value = value
    this.options = options
  }
}

export interface ReplyOptions {
  /** Their names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  /** Set-Cookie headers. */
  readonly cookies?: readonly string[]
}

export function reply<const Status extends number, const Value>(
  status: Status,
  value: Value,
  options: ReplyOptions = {},
): Reply<Status, Value> {
  return new Reply(status, value, options)
}

/** JSON that is text already, as SQLite makes it: sent as it is. */
export class JsonText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** Makes a route of what it says of itself. */
export function route<
  const Path extends string,
  const Responses extends ResponseTypes,
  Access extends RouteAccess = RouteAccess,
  Query extends z.ZodObject | undefined = undefined,
  Body extends z.ZodType | MediaType | undefined = undefined,
>(definition: RouteDefinition<Path, Access, Query, Body, Responses>): Route {
  const { handle: handleCall, beforeBody, query, body, ...described } = definition
  const parseQuery = query === undefined ? null : createQueryParser(query)
  const bodyType = body instanceof z.ZodType ? body : undefined
  const send = createSender(definition.responses)

  function callOf<B>(request: ApiRequest, parsedQuery: unknown, parsedBody: B) {
    return {
      // Checked in the pipeline; typed by what is declared.
      actor: request.actor as ActorOf<Access>,
      params: request.params as PathParams<Path>,
      query: parsedQuery as Parsed<Query>,
      body: parsedBody,
      request,
    }
  }

  function call(
    request: ApiRequest,
    parsedQuery: unknown,
    parsedBody: unknown,
  ): RouteResponse | Promise<RouteResponse> {
    const handled = handleCall(callOf(request, parsedQuery, parsedBody as Parsed<Body>))
    return handled instanceof Promise ? handled.then(send) : send(handled)
  }

  return {
    ...described,
    ...(query === undefined ? {} : { query }),
    ...(body === undefined ? {} : { body }),
    handle(request) {
      const faults = new RequestFaults()
      const parsedQuery = parseQuery?.(request.query, faults)
      if (bodyType === undefined) {
        faults.throwIfAny()
        beforeBody?.(callOf(request, parsedQuery, undefined))
        return call(request, parsedQuery, undefined)
      }
      if (faults.areNone) beforeBody?.(callOf(request, parsedQuery, undefined))
      const takesNoBody = !hasBody(request.headers) && bodyType.safeParse({}).success
      const read = takesNoBody ? Promise.resolve({}) : request.json()
      return read.then((input) => {
        const parsedBody = faults.parse(bodyType, input, 'body')
        faults.throwIfAny()
        return call(request, parsedQuery, parsedBody)
      })
    },
  }
}

const NO_STORE: ApiResponse['headers'] = { 'cache-control': 'no-store' }

function createSender(types: ResponseTypes): (handled: unknown) => RouteResponse {
  const [only, ...others] = Object.keys(types).map(Number)
  const soleStatus = others.length === 0 ? only : undefined
  return (handled) => {
    if (handled instanceof Response) return handled
    if (handled instanceof Reply) return respond(types, handled.status, handled.value, handled.options)
    if (isWebSocket(handled)) return handled
    if (soleStatus === undefined) throw new Error('a route with several statuses returns a reply')
    return respond(types, soleStatus, handled, NO_OPTIONS)
  }
}

const NO_OPTIONS: ReplyOptions = {}

function respond(
  types: ResponseTypes,
  status: number,
  value: unknown,
  { headers, cookies }: ReplyOptions,
): ApiResponse {
  const type = types[status]
  const mediaType = type !== undefined && type !== null && 'mediaType' in type ? type.mediaType : null
  const all = {
    ...NO_STORE,
    ...(mediaType === null ? {} : { 'content-type': mediaType }),
    ...headers,
  }
  const body = type === null ? null : mediaType === null ? jsonOf(value) : (value as ApiResponse['body'])
  return { status, body, headers: all, ...(cookies === undefined ? {} : { cookies }) }
}

function jsonOf(value: unknown): string {
  return value instanceof JsonText ? value.text : JSON.stringify(value)
}

function isWebSocket(handled: unknown): handled is WebSocketResponse {
  return typeof handled === 'object' && handled !== null && 'webSocket' in handled
}

function hasBody(headers: Headers): boolean {
  const length = headers.get('content-length')
  if (length !== null) return length !== '0'
  return headers.has('transfer-encoding') || headers.has('content-type')
}

/** `{ id: string }` of `/api/admin/users/:id`. */
export type PathParams<Path extends string> = { readonly [Name in ParamNames<Path>]: string }

type ParamNames<Path extends string> = Path extends `${infer Segment}/${infer Rest}`
  ? ParamNames<Segment> | ParamNames<Rest>
  : Path extends `:${infer Name}`
    ? Name
    : never

type ActorOf<Access extends RouteAccess> = Access extends RouteAccess<infer A extends Actor> ? A : Actor

type Parsed<T extends z.ZodType | MediaType | undefined> = T extends z.ZodType ? z.output<T> : undefined

type Handled<Types extends ResponseTypes> =
  | Response
  | WebSocketResponse
  | { [Status in keyof Types & number]: Reply<Status, Sent<Types[Status]>> }[keyof Types & number]
  | (IsUnion<keyof Types> extends true ? never : Sent<Types[keyof Types & number]>)

/** What is sent for a declared response. */
type Sent<T extends ResponseType | undefined> = T extends null
  ? // biome-ignore lint/suspicious/noConfusingVoidType: what returns nothing has nothing to send
    void | null
  : T extends z.ZodType
    ? DeepReadonly<z.output<T>> | JsonText
    : string | Uint8Array<ArrayBuffer>

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T

type IsUnion<T, Whole = T> = T extends unknown ? ([Whole] extends [T] ? false : true) : never
