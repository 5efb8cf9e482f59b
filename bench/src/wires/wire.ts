export type PeerKind = 'koyalite' | 'floor' | 'pocketbase'

/** Open to everybody (`announcements`), or to the members of a room (`messages`). The floor knows no rules: there both are one. */
export type ChatCollection = 'announcements' | 'messages'

export interface Message {
  readonly author: string
  readonly room: string
  readonly text: string
}

export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  /** Besides those that every request has. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** Somebody who may sign in; without a token where the server knows no users. */
export interface ChatUser {
  readonly id: string
  readonly token: string | undefined
}

/** The same work in the words of a server. */
export interface Wire {
  create(message: Message): WireRequest
  /** Status of the answer to `create`. */
  readonly created: number
  read(id: string): WireRequest
  update(id: string, text: string): WireRequest
  /** The same, answered without the document; null where the server cannot do that. */
  updateMinimal(id: string, text: string): WireRequest | null
  /** The newest 20 of a room. */
  newest(room: string, total: boolean): WireRequest
  /** Many at once, in the server's batch. */
  batch(messages: readonly Message[]): WireRequest
  /** Status of the answer to `batch`. */
  readonly batched: number
  /** Many at once, as one array; null where the server has no such thing. */
  array(messages: readonly Message[]): WireRequest | null
  count(): WireRequest
  countOf(response: Json): number
  /** Ids in the answer to a batch. */
  batchIds(response: Json): readonly string[]
  /** The requests, one after the other, that make the n-th user. */
  signUp(n: number): readonly WireRequest[]
  /** What the answer to the last of them says. */
  userOf(response: Json): ChatUser
  /** Signs that user in with the password; null where the server knows no users. */
  login(n: number): WireRequest | null
  createRoom(n: number): WireRequest
  createMember(user: string, room: string): WireRequest
}

// biome-ignore lint/suspicious/noExplicitAny: answers of three servers, each read by its own wire
export type Json = any

/** A request as the bytes of HTTP/1.1. */
export function encode(request: WireRequest, token?: string): Buffer {
  const head =
    `${request.method} ${request.path} HTTP/1.1\r\nHost: localhost\r\n` +
    (token === undefined ? '' : `Authorization: Bearer ${token}\r\n`) +
    Object.entries(request.headers ?? {})
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')
  if (request.body === undefined) return Buffer.from(`${head}\r\n`)
  const body = JSON.stringify(request.body)
  return Buffer.from(
    `${head}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
