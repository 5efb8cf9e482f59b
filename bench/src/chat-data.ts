import type { RunningPeer } from './peers'
import type { ChatCollection, ChatUser, Json, Message, WireRequest } from './wires/wire'
import { wireOf } from './wires/wire-of'

/** Who and where: the same few users and rooms on every server, each user a member of each room. */
export interface ChatData {
  readonly users: readonly ChatUser[]
  readonly rooms: readonly string[]
  /** Ids; the n-th was written by the n-th user, in turns. */
  readonly messages: Readonly<Record<ChatCollection, readonly string[]>>
}

const USERS = 10
const ROOMS = 10
const LOAD_BATCH = 50

/** Fills a fresh server with users, rooms and members, and these collections with this many messages each. */
export async function loadChat(
  peer: RunningPeer,
  count: number,
  collections: readonly ChatCollection[],
): Promise<ChatData> {
  const wire = wireOf(peer.peer.kind, 'messages')
  const users: ChatUser[] = []
  const rooms: string[] = []
  for (let n = 0; n < USERS; n++) {
    let response: Json
    for (const request of wire.signUp(n)) response = await ask(peer, request)
    users.push(wire.userOf(response))
  }
  for (let n = 0; n < ROOMS; n++) rooms.push((await ask(peer, wire.createRoom(n))).id)
  for (const { id } of users) for (const room of rooms) await ask(peer, wire.createMember(id, room))
  const messages: Record<ChatCollection, readonly string[]> = { announcements: [], messages: [] }
  for (const collection of collections)
    messages[collection] = await loadMessages(peer, { collection, count, users, rooms })
  return { users, rooms, messages }
}

/** How many messages the server says it has, to a member of every room. */
export async function countMessages(peer: RunningPeer, data: ChatData, collection: ChatCollection): Promise<number> {
  const wire = wireOf(peer.peer.kind, collection)
  return wire.countOf(await ask(peer, wire.count(), data.users[0]?.token))
}

/**
 * Makes sure that the rules are there which are about to be measured: nobody creates or reads a message without being a member of its room, or changes
 * what somebody else wrote. Throws where they are not.
 */
export async function proveRules(peer: RunningPeer, data: ChatData): Promise<void> {
  if (data.users[0]?.token === undefined) return
  const [open, members] = [wireOf(peer.peer.kind, 'announcements'), wireOf(peer.peer.kind, 'messages')]
  const message = { author: data.users[0].id, room: data.rooms[0] ?? '', text: 'Not allowed' }
  await refuse(members.create(message))
  const [said] = data.messages.messages
  if (said !== undefined) await refuse(members.read(said))
  const [announced] = data.messages.announcements
  if (announced !== undefined) await refuse(open.update(announced, 'Not allowed'), data.users[1]?.token)

  async function refuse(request: WireRequest, token?: string): Promise<void> {
    const { status } = await send(peer, request, token)
    if (status < 400 || status >= 500)
      throw new Error(`${peer.peer.name} has not the rule: ${status} to ${request.method} ${request.path}`)
  }
}

async function loadMessages(
  peer: RunningPeer,
  {
    collection,
    count,
    users,
    rooms,
  }: {
    readonly collection: ChatCollection
    readonly count: number
    readonly users: readonly ChatUser[]
    readonly rooms: readonly string[]
  },
): Promise<readonly string[]> {
  const wire = wireOf(peer.peer.kind, collection)
  const ids: string[] = []
  for (let n = 0; n < count; n += LOAD_BATCH) {
    const batch = Array.from({ length: Math.min(LOAD_BATCH, count - n) }, (_, i): Message => {
      const number = n + i
      const [author = '', room = ''] = [users[number % USERS]?.id, rooms[number % ROOMS]]
      return { author, room, text: `Message ${number}: written before the measurement, as long as an ordinary one.` }
    })
    ids.push(...wire.batchIds(await ask(peer, wire.batch(batch), users[0]?.token)))
  }
  return ids
}

/** The response to a request that must be allowed; without a token with the server's key, where there is one. */
async function ask(peer: RunningPeer, request: WireRequest, token = peer.key): Promise<Json> {
  const response = await send(peer, request, token)
  const text = await response.text()
  if (response.ok) return JSON.parse(text)
  throw new Error(
    `${peer.peer.name} answered ${response.status} to ${request.method} ${request.path}: ${text.slice(0, 300)}`,
  )
}

function send(peer: RunningPeer, request: WireRequest, token: string | undefined): Promise<Response> {
  return fetch(`http://127.0.0.1:${peer.port}${request.path}`, {
    method: request.method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  })
}
