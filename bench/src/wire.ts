export type PeerKind = 'koyalite' | 'floor' | 'pocketbase'

export interface Message {
  readonly author: string
  readonly room: string
  readonly text: string
}

export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  readonly body?: unknown
}

/** The same work in the words of each server. */
export interface Wire {
  create(message: Message): WireRequest
  read(id: string): WireRequest
  update(id: string, text: string): WireRequest
  /** The newest 20 of a room. */
  newest(room: string, total: boolean): WireRequest
  /** Many at once, in the server's batch. */
  batch(messages: readonly Message[]): WireRequest
  /** Many at once, as one array; null where the server has no such thing. */
  array(messages: readonly Message[]): WireRequest | null
  count(): WireRequest
  countOf(answer: Json): number
  /** Ids in the answer to a batch. */
  batchIds(answer: Json): readonly string[]
  createUser(n: number): WireRequest
  createRoom(n: number): WireRequest
  createMember(user: string, room: string): WireRequest
}
// biome-ignore lint/suspicious/noExplicitAny: answers of three servers, each read by its own wire
type Json = any

const koyalite: Wire = {
  create: (body) => ({ method: 'POST', path: '/api/collections/messages', body }),
  read: (id) => ({ method: 'GET', path: `/api/collections/messages/${id}` }),
  update: (id, text) => ({ method: 'PATCH', path: `/api/collections/messages/${id}`, body: { text } }),
  newest: (room, total) => ({
    method: 'GET',
    path: `/api/collections/messages?filter=room:eq:${room}&sort=-created_at&limit=20${total ? '&count=true' : ''}`,
  }),
  batch: (messages) => ({
    method: 'POST',
    path: '/api/batch',
    body: { operations: messages.map((data) => ({ op: 'create', collection: 'messages', data })) },
  }),
  array: (body) => ({ method: 'POST', path: '/api/collections/messages', body }),
  count: () => ({ method: 'GET', path: '/api/collections/messages?limit=1&count=true' }),
  countOf: (answer) => answer.total,
  batchIds: (answer) => answer.results.map((result: Json) => result.id),
  createUser: (n) => ({ method: 'POST', path: '/api/collections/users', body: { email: `user${n}@example.com` } }),
  createRoom: (n) => ({ method: 'POST', path: '/api/collections/rooms', body: { name: `Room ${n}` } }),
  createMember: (user, room) => ({ method: 'POST', path: '/api/collections/members', body: { user, room } }),
}

const floor: Wire = {
  create: (body) => ({ method: 'POST', path: '/messages', body }),
  read: (id) => ({ method: 'GET', path: `/messages/${id}` }),
  update: (id, text) => ({ method: 'PATCH', path: `/messages/${id}`, body: { text } }),
  newest: (room, total) => ({ method: 'GET', path: `/messages?room=${room}${total ? '&total=1' : ''}` }),
  batch: (body) => ({ method: 'POST', path: '/batch', body }),
  array: (body) => ({ method: 'POST', path: '/batch', body }),
  count: () => ({ method: 'GET', path: '/count' }),
  countOf: (answer) => answer.total,
  batchIds: (answer) => answer.map((message: Json) => message.id),
  createUser: (n) => ({ method: 'POST', path: '/users', body: { name: `user${n}` } }),
  createRoom: (n) => ({ method: 'POST', path: '/rooms', body: { name: `Room ${n}` } }),
  createMember: (user, room) => ({ method: 'POST', path: '/members', body: { user, room } }),
}

const RECORDS = '/api/collections/messages/records'
const pocketbase: Wire = {
  create: (body) => ({ method: 'POST', path: RECORDS, body }),
  read: (id) => ({ method: 'GET', path: `${RECORDS}/${id}` }),
  update: (id, text) => ({ method: 'PATCH', path: `${RECORDS}/${id}`, body: { text } }),
  newest: (room, total) => ({
    method: 'GET',
    path: `${RECORDS}?filter=${encodeURIComponent(`room='${room}'`)}&sort=-created_at,-id&perPage=20${total ? '' : '&skipTotal=1'}`,
  }),
  batch: (messages) => ({
    method: 'POST',
    path: '/api/batch',
    body: { requests: messages.map((body) => ({ method: 'POST', url: RECORDS, body })) },
  }),
  array: () => null,
  count: () => ({ method: 'GET', path: `${RECORDS}?perPage=1` }),
  countOf: (answer) => answer.totalItems,
  batchIds: (answer) => answer.map((one: Json) => one.body.id),
  createUser: (n) => ({
    method: 'POST',
    path: '/api/collections/users/records',
    body: { email: `user${n}@example.com`, password: 'a long password', passwordConfirm: 'a long password' },
  }),
  createRoom: (n) => ({ method: 'POST', path: '/api/collections/rooms/records', body: { name: `Room ${n}` } }),
  createMember: (user, room) => ({ method: 'POST', path: '/api/collections/members/records', body: { user, room } }),
}

export const WIRES: Readonly<Record<PeerKind, Wire>> = { koyalite, floor, pocketbase }

/** A request as the bytes of HTTP/1.1. */
export function encode(request: WireRequest): Buffer {
  if (request.body === undefined)
    return Buffer.from(`${request.method} ${request.path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  const body = JSON.stringify(request.body)
  return Buffer.from(
    `${request.method} ${request.path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
