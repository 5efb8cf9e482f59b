import type { RunningPeer } from './peers'
import { type Message, WIRES, type WireRequest } from './wire'

/** Who and where: the same few users and rooms on every server, each user a member of each room. */
export interface ChatData {
  readonly authors: readonly string[]
  readonly rooms: readonly string[]
  readonly messages: readonly string[]
}

const USERS = 10
const ROOMS = 10
const LOAD_BATCH = 50

/** Fills a fresh server with users, rooms, members, and this many messages. */
export async function loadChat(peer: RunningPeer, messages: number): Promise<ChatData> {
  const wire = WIRES[peer.peer.kind]
  const authors: string[] = []
  const rooms: string[] = []
  for (let n = 0; n < USERS; n++) authors.push((await ask(peer, wire.createUser(n))).id)
  for (let n = 0; n < ROOMS; n++) rooms.push((await ask(peer, wire.createRoom(n))).id)
  for (const author of authors) for (const room of rooms) await ask(peer, wire.createMember(author, room))
  const ids: string[] = []
  for (let n = 0; n < messages; n += LOAD_BATCH) {
    const batch = Array.from({ length: Math.min(LOAD_BATCH, messages - n) }, (_, i): Message => {
      const number = n + i
      const [author = '', room = ''] = [authors[number % USERS], rooms[number % ROOMS]]
      return { author, room, text: `Message ${number}: written before the measurement, as long as an ordinary one.` }
    })
    ids.push(...wire.batchIds(await ask(peer, wire.batch(batch))))
  }
  return { authors, rooms, messages: ids }
}

/** How many messages the server says it has. */
export async function countMessages(peer: RunningPeer): Promise<number> {
  const wire = WIRES[peer.peer.kind]
  return wire.countOf(await ask(peer, wire.count()))
}

// biome-ignore lint/suspicious/noExplicitAny: read by the wire of its server
async function ask(peer: RunningPeer, request: WireRequest): Promise<any> {
  const response = await fetch(`http://127.0.0.1:${peer.port}${request.path}`, {
    method: request.method,
    headers: {
      'content-type': 'application/json',
      ...(peer.key === undefined ? {} : { authorization: `Bearer ${peer.key}` }),
    },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  })
  const text = await response.text()
  if (!response.ok)
    throw new Error(
      `${peer.peer.name} answered ${response.status} to ${request.method} ${request.path}: ${text.slice(0, 300)}`,
    )
  return JSON.parse(text)
}
