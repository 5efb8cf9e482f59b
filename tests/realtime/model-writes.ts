import type { Api, ApiResponse } from '@koyalite/testkit'
import type { Random } from '../fixtures/random'

export const MODEL_SCHEMA = `
version: 1
types:
  kind: { enum: [a, b, c] }
roles:
  moderator: { permissions: ["*"] }
collections:
  users:
    fields: { name: { type: string, nullable: true } }
    rules: { read: "true" }
  rooms:
    fields:
      id:       { type: string, primary: true }
      name:     { type: string, nullable: true }
      hidden:   { type: bool, default: false }
      owner_id: { type: uuid, nullable: true, references: users.id, onDelete: set null }
    rules: { read: "!doc.hidden || auth.role == 'moderator' || doc.owner_id == auth.id" }
  members:
    fields:
      id:      { type: int, primary: true, default: auto }
      room_id: { type: string, references: rooms.id, onDelete: cascade, index: true }
      user_id: { type: uuid, references: users.id, onDelete: cascade, index: true }
    rules: { read: "auth.id == doc.user_id || auth.role == 'moderator'" }
  messages:
    fields:
      id:        { type: int, primary: true, default: auto }
      room_id:   { type: string, references: rooms.id, onDelete: cascade, index: true }
      author_id: { type: uuid, nullable: true, references: users.id, onDelete: set null, index: true }
      reply_to:  { type: int, nullable: true, references: messages.id, onDelete: set null, index: true }
      text:      { type: string, nullable: true }
      score:     { type: float, nullable: true }
      n:         { type: int, nullable: true }
      pinned:    { type: bool, default: false }
      tags:      { type: json, nullable: true }
      secret:    { type: string, nullable: true, read: "auth.role == 'moderator'" }
    rules:
      create: "auth.id != null && doc.author_id == auth.id"
      update: "doc.author_id == auth.id"
      delete: "doc.author_id == auth.id || auth.role == 'moderator'"
      read: "doc.pinned || auth.role == 'moderator' || members.exists(m, m.room_id == doc.room_id && m.user_id == auth.id)"
  notes:
    fields:
      id:     { type: string, primary: true }
      owner:  { type: uuid, nullable: true, references: users.id, onDelete: set null }
      open:   { type: bool, default: true }
      kind:   { type: kind, default: a }
      at:     { type: timestamp, nullable: true }
      day:    { type: date, nullable: true }
      n:      { type: int, nullable: true }
      inside: { type: string, nullable: true, read: "doc.owner == auth.id" }
    rules: { read: "doc.open || doc.owner == auth.id", create: "true", update: "doc.open", delete: "doc.open" }
  logs:
    fields: { id: { type: int, primary: true, default: auto }, text: { type: string } }
    rules: { read: "auth.role == 'moderator'" }
`

export const ROOMS = ['r1', 'r2', 'r3']
export const NOTES = ['k1', 'k2', 'k3', 'k4', 'k5', 'K6', 'é7']
export const TEXTS = ['a', 'b', 'ab', 'A', 'abc', 'é', '', null]
export const SCORES = [null, 0, 0.5, 1, 1, 2, -1]
const TAGS = [null, [], ['x'], ['x', 'y'], { k: 1 }, { k: '1' }, 'x']
export const TIMES = [null, '2024-01-01T00:00:00.000Z', '2024-06-01T00:00:00.000Z', '2024-06-01T00:00:00.001Z']
export const DAYS = [null, '2024-02-29', '2024-03-01', '2024-06-01']
/** Keys of messages are small numbers, so that the same ones come and go. */
const MESSAGES = 16

/** Someone of the model: the holder of a service key has no id. */
export interface Person {
  readonly name: string
  readonly id: string | null
  readonly api: Api
  readonly token: string | undefined
}

interface Operation {
  readonly op: 'create' | 'update' | 'upsert' | 'delete'
  readonly collection: string
  readonly id?: string | number
  readonly data?: object
}

/** A write by somebody, who may be refused. */
export async function randomWrite(random: Random, people: readonly Person[], admin: Person): Promise<ApiResponse> {
  // Mostly by those who may.
  const by = random.chance(0.6) ? admin : random.pick(people)
  const operation = () => randomOperation(random, people, by)
  const dice = random.int(1, 100)
  if (dice <= 12) {
    const operations = Array.from({ length: random.int(2, 5) }, operation)
    return by.api.post('/api/batch', { operations })
  }
  if (dice <= 18) {
    const docs = Array.from({ length: random.int(1, 4) }, () => message(random, people, by))
    return by.api.post('/api/collections/messages', docs)
  }
  const { op, collection, id, data } = operation()
  const path = `/api/collections/${collection}`
  const one = `${path}/${encodeURIComponent(String(id))}`
  switch (op) {
    case 'create':
      return by.api.post(path, data)
    case 'update':
      return by.api.patch(one, data)
    case 'upsert':
      return by.api.put(one, data)
    case 'delete':
      return by.api.delete(one)
  }
}

/** Somebody becomes a moderator, or is one no more. Requests that run meanwhile may be answered by the rights that they came with. */
export async function randomPromotion(random: Random, people: readonly Person[], admin: Person): Promise<ApiResponse> {
  const { id } = random.pick(people.filter((person) => person.id !== null))
  return admin.api.patch(`/api/collections/users/${id}`, { role: random.pick(['user', 'moderator']) })
}

/** So that there is something to follow from the start. */
export async function firstWrites(random: Random, people: readonly Person[], admin: Person): Promise<void> {
  for (const id of ROOMS) await admin.api.post('/api/collections/rooms', { id, name: id })
  for (let n = 0; n < 6; n++) await admin.api.post('/api/collections/messages', message(random, people, admin))
}

function randomOperation(random: Random, people: readonly Person[], by: Person): Operation {
  const users = people.flatMap(({ id }) => (id === null ? [] : [id]))
  const dice = random.int(1, 100)
  const messageId = random.int(1, MESSAGES)
  if (dice <= 18) return { op: 'upsert', collection: 'messages', id: messageId, data: message(random, people, by) }
  if (dice <= 38) return { op: 'update', collection: 'messages', id: messageId, data: messageChange(random) }
  if (dice <= 48) return { op: 'delete', collection: 'messages', id: messageId }
  if (dice <= 56) {
    return { op: 'create', collection: 'members', data: { room_id: random.pick(ROOMS), user_id: random.pick(users) } }
  }
  if (dice <= 62) return { op: 'delete', collection: 'members', id: random.int(1, 12) }
  if (dice <= 76) return { op: 'upsert', collection: 'notes', id: random.pick(NOTES), data: note(random, users) }
  if (dice <= 81) return { op: 'delete', collection: 'notes', id: random.pick(NOTES) }
  if (dice <= 88) {
    const data = {
      name: random.pick(['x', 'y', null]),
      hidden: random.chance(0.4),
      owner_id: random.pick([null, ...users]),
    }
    return { op: 'upsert', collection: 'rooms', id: random.pick(ROOMS), data }
  }
  if (dice <= 90) return { op: 'delete', collection: 'rooms', id: random.pick(ROOMS) }
  if (dice <= 94)
    return { op: 'update', collection: 'users', id: random.pick(users), data: { name: random.pick(['p', 'q', null]) } }
  return { op: 'create', collection: 'logs', data: { text: 'x' } }
}

function message(random: Random, people: readonly Person[], by: Person): object {
  const authors = people.map(({ id }) => id)
  return {
    room_id: random.pick(ROOMS),
    author_id: by.id !== null && random.chance(0.8) ? by.id : random.pick(authors),
    text: random.pick(TEXTS),
    score: random.pick(SCORES),
    n: random.pick([null, 0, 1, 2]),
    pinned: random.chance(0.4),
    tags: random.pick(TAGS),
  }
}

function messageChange(random: Random): object {
  return random.pick<() => object>([
    () => ({ text: random.pick(TEXTS), secret: random.pick([null, 's', 't']) }),
    () => ({ score: random.pick(SCORES), pinned: random.chance(0.5) }),
    () => ({ n: { $inc: random.pick([-1, 1, 2]) } }),
    () => ({ tags: random.pick<object>([{ $push: 'x' }, { $pull: 'x' }, { $push: 'z' }]) }),
    () => ({ room_id: random.pick(ROOMS) }),
    () => ({ reply_to: random.pick([null, random.int(1, MESSAGES)]) }),
    () => ({ text: random.pick(TEXTS) }),
  ])()
}

function note(random: Random, users: readonly string[]): object {
  return {
    owner: random.pick([null, ...users]),
    open: random.chance(0.6),
    kind: random.pick(['a', 'b', 'c']),
    at: random.pick(TIMES),
    day: random.pick(DAYS),
    n: random.pick([null, 1, 2]),
    inside: random.pick([null, 'x']),
  }
}
