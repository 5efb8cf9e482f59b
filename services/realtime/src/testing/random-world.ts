import type { SqlValue, SubscriptionSpec, Tx } from '@koyalite/contracts'
import type { Random } from './random'

/** Rules of every kind: on the document, through references, through other collections, on fields. */
export const MODEL_SCHEMA = `
version: 1
collections:
  users:
    fields:
      name: { type: string, nullable: true }
    rules: { read: "true" }
  rooms:
    fields:
      id: { type: string, primary: true }
      name: { type: string, nullable: true }
      owner_id: { type: uuid, references: users.id, nullable: true, onDelete: set null }
    rules: { read: "doc.name != 'hidden' || auth.id == doc.owner_id" }
  members:
    fields:
      id: { type: int, primary: true, default: auto }
      room_id: { type: string, references: rooms.id, onDelete: cascade, index: true }
      user_id: { type: uuid, references: users.id, onDelete: cascade, index: true }
    rules: { read: "auth.id == doc.user_id" }
  messages:
    fields:
      id: { type: int, primary: true, default: auto }
      room_id: { type: string, references: rooms.id, onDelete: cascade, index: true }
      author_id: { type: uuid, references: users.id, nullable: true, onDelete: set null }
      reply_to: { type: int, references: messages.id, nullable: true, onDelete: set null }
      text: { type: string }
      score: { type: float, nullable: true }
      pinned: { type: bool, default: false }
      tags: { type: json, nullable: true }
      secret: { type: string, nullable: true, read: "auth.role == 'admin' || auth.id == doc.author_id" }
      hidden: { type: string, nullable: true, internal: true }
    rules:
      read: "auth.role == 'admin' || members.exists(m, m.room_id == doc.room_id && m.user_id == auth.id)"
  notes:
    fields:
      id: { type: string, primary: true }
      public: { type: bool, default: false }
      author_id: { type: uuid, references: users.id, nullable: true, onDelete: set null }
      room_id: { type: string, references: rooms.id, nullable: true, onDelete: set null }
      n: { type: int, nullable: true }
      staff: { type: string, nullable: true, read: "auth.role == 'admin'" }
      raw: { type: blob, nullable: true }
      at: { type: timestamp, nullable: true }
      day: { type: date, nullable: true }
    rules:
      read: "doc.public || auth.id == doc.author_id || doc.room.owner_id == auth.id"
  drafts:
    fields:
      id: { type: int, primary: true, default: auto }
      owner_id: { type: uuid, references: users.id, nullable: true, onDelete: set null }
      kind: { type: string, default: a }
      shown: { type: bool, default: false }
    rules:
      read: "doc.shown || doc.owner_id == auth.id"
    policies:
      - { name: kinds, on: [read], effect: restrict, using: "doc.kind == 'a' || auth.verified && doc.kind == 'b' || members.filter(m, m.user_id == auth.id).exists(m, m.room_id == doc.kind)" }
`

/** The same tables with other rules: each of the first is exchanged for the second. */
const OTHER_RULES: readonly (readonly [string, string])[] = [
  [
    "auth.role == 'admin' || members.exists(m, m.room_id == doc.room_id",
    'doc.pinned || members.exists(m, m.room_id == doc.room_id',
  ],
  ['doc.public || auth.id == doc.author_id', 'doc.n > 1 || auth.id == doc.author_id'],
  ['doc.shown || doc.owner_id == auth.id', "doc.owner_id == auth.id && !doc.shown || doc.kind == 'b'"],
  ["auth.role == 'admin' || auth.id == doc.author_id", 'auth.id == doc.author_id'],
]

/** The schema of the model with some of its rules exchanged. */
export function randomSchema(random: Random): string {
  return random.some(OTHER_RULES).reduce((yaml, [from, to]) => yaml.replace(from, to), MODEL_SCHEMA)
}

export const USERS = [1, 2, 3, 4].map((n) => `0190000${n}-0000-7000-8000-000000000000`)
const ROOMS = ['a', 'b', 'c']
const NOTES = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8', 'ä', '😀', '\uffee']
const TEXTS = ['a', 'b', 'c', 'ab', 'B', 'é', '😀', '\ufffd']

export function seedWorld(tx: Tx): void {
  for (const [n, id] of USERS.entries()) {
    run(tx, 'INSERT INTO users (id, email, role, verified, created_at, updated_at) VALUES (?, ?, ?, 1, ?, ?)', [
      id,
      `u${n}@example.com`,
      n === 0 ? 'admin' : 'user',
      '2024-01-01T00:00:00.000Z',
      '2024-01-01T00:00:00.000Z',
    ])
  }
  for (const id of ROOMS) run(tx, 'INSERT INTO rooms (id, name, owner_id) VALUES (?, ?, ?)', [id, id, USERS[1] ?? null])
}

/** One change of something; in some of them nothing changes. */
export function randomWrite(tx: Tx, random: Random): number {
  const message = 1 + random.below(14)
  switch (random.below(16)) {
    case 0:
    case 1:
    case 2:
      return run(
        tx,
        'INSERT INTO messages (id, room_id, author_id, text, score, pinned, tags, secret) SELECT ?, id, ?, ?, ?, ?, ?, ? FROM rooms WHERE id = ? ON CONFLICT DO NOTHING',
        [
          message,
          random.pick([null, ...USERS]),
          random.pick(TEXTS),
          random.pick([null, 0, 1, 2.5, -1]),
          random.below(2),
          random.pick([null, '["x"]', '["x","y"]', '{"k":1}', '{"k":"1"}', '{"k":true}']),
          random.pick([null, 's', 't']),
          random.pick(ROOMS),
        ],
      )
    case 3:
      return run(tx, 'UPDATE messages SET score = ? WHERE id = ?', [random.pick([null, 0, 1, 2, 3]), message])
    case 4:
      return run(tx, 'UPDATE messages SET text = ?, secret = ? WHERE id = ?', [
        random.pick(TEXTS),
        random.pick([null, 's', 't']),
        message,
      ])
    case 5:
      return run(
        tx,
        'UPDATE messages SET room_id = (SELECT id FROM rooms WHERE id = ?) WHERE id = ? AND EXISTS (SELECT 1 FROM rooms WHERE id = ?)',
        [...twice(random.pick(ROOMS), message)],
      )
    case 6:
      return run(tx, 'DELETE FROM messages WHERE id = ?', [message])
    case 7:
      return run(tx, 'UPDATE messages SET reply_to = (SELECT max(id) FROM messages WHERE id < ?) WHERE id = ?', [
        message,
        message,
      ])
    case 8:
      if (random.chance(50)) {
        return run(tx, 'INSERT INTO members (room_id, user_id) SELECT id, ? FROM rooms WHERE id = ?', [
          random.pick(USERS),
          random.pick(ROOMS),
        ])
      }
      return run(tx, 'DELETE FROM members WHERE user_id = ? AND room_id = ?', [random.pick(USERS), random.pick(ROOMS)])
    case 9:
      return run(
        tx,
        'INSERT INTO notes (id, public, author_id, room_id, n, staff, raw, at, day) VALUES (?, ?, ?, (SELECT id FROM rooms WHERE id = ?), ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET n = excluded.n, public = excluded.public, author_id = excluded.author_id, raw = excluded.raw, day = excluded.day',
        [
          random.pick(NOTES),
          random.below(2),
          random.pick([null, ...USERS]),
          random.pick([null, ...ROOMS]),
          random.pick([null, 0, 1, 2, 3, 9007199254740991]),
          random.pick([null, 'x']),
          random.pick([null, new Uint8Array([1, 2, random.below(3)])]),
          random.pick([null, '2024-01-01T00:00:00.000Z', '2024-06-01T00:00:00.000Z']),
          random.pick([null, '2024-01-01', '2024-06-01', '2024-06-02']),
        ],
      )
    case 10:
      if (random.chance(30)) return run(tx, 'DELETE FROM notes WHERE id = ?', [random.pick(NOTES)])
      // Changes the key: a delete and an insert.
      return run(tx, 'UPDATE OR IGNORE notes SET id = ? WHERE id = ?', [random.pick(NOTES), random.pick(NOTES)])
    case 11:
      return run(tx, 'UPDATE rooms SET name = ?, owner_id = ? WHERE id = ?', [
        random.pick(['x', 'y', 'hidden', null]),
        random.pick([null, ...USERS]),
        random.pick(ROOMS),
      ])
    case 12:
      if (random.chance(40)) {
        return run(tx, 'UPDATE users SET role = ? WHERE id = ?', [random.pick(['user', 'admin']), random.pick(USERS)])
      }
      return run(tx, 'UPDATE users SET name = ? WHERE id = ?', [random.pick(['n', 'm', null]), random.pick(USERS)])
    case 13:
      return run(
        tx,
        'INSERT INTO drafts (id, owner_id, kind, shown) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, shown = excluded.shown',
        [1 + random.below(10), random.pick([null, ...USERS]), random.pick(['a', 'b', 'c']), random.below(2)],
      )
    case 14:
      if (random.chance(40)) return run(tx, 'DELETE FROM drafts WHERE id = ?', [1 + random.below(10)])
      return run(tx, 'UPDATE drafts SET owner_id = ? WHERE id = ?', [
        random.pick([null, ...USERS]),
        1 + random.below(10),
      ])
    default: {
      const room = random.pick(ROOMS)
      if (random.chance(20)) return run(tx, 'DELETE FROM rooms WHERE id = ?', [room])
      return run(tx, 'INSERT OR IGNORE INTO rooms (id, name) VALUES (?, ?)', [room, room])
    }
  }
}

function twice(room: string, message: number): SqlValue[] {
  return [room, message, room]
}

function run(tx: Tx, text: string, params: readonly SqlValue[]): number {
  return tx.run({ text, params }).changes
}

const MESSAGE_FILTERS: readonly NonNullable<SubscriptionSpec['filter']>[] = [
  { room_id: 'a' },
  { room_id: { $in: ['a', 'b'] } },
  { room_id: 'c', pinned: true },
  { score: { $gte: 1 } },
  { score: { $ne: 1 } },
  { $or: [{ text: { $like: 'a%' } }, { score: null }] },
  { $not: { room_id: 'b' } },
  { tags: { $contains: 'x' } },
  { 'tags.k': 1 },
  { 'room.name': 'x' },
  { 'author.name': { $ne: null } },
  { secret: 's' },
  { id: { $lt: 6 } },
  { id: 3 },
]

const NOTE_FILTERS: readonly NonNullable<SubscriptionSpec['filter']>[] = [
  { public: true },
  { n: { $gt: 0 } },
  { author_id: USERS[1] },
  { author_id: { $in: [null, USERS[2]] } },
  { 'room.owner.name': 'n' },
  { at: { $lt: '2024-03-01T00:00:00Z' } },
  { day: { $gte: '2024-06-01' } },
  { day: { $nin: [null, '2024-06-01'] } },
  { raw: null },
]

const AGGREGATES: readonly Pick<SubscriptionSpec, 'collection' | 'aggregate' | 'sort' | 'limit'>[] = [
  { collection: 'messages', aggregate: {} },
  { collection: 'messages', aggregate: { values: 'count,sum:score,avg:score,min:text,max:id', group: 'room_id' } },
  { collection: 'messages', aggregate: { values: ['count'], group: ['secret', 'pinned'] } },
  { collection: 'messages', aggregate: { group: 'author.name,room.name' } },
  { collection: 'messages', aggregate: { group: 'tags.k', having: { count: { $gt: 1 } } }, sort: ['-count'], limit: 2 },
  { collection: 'notes', aggregate: { values: 'count,count_distinct:author_id,max:n', group: 'at:month' } },
  { collection: 'notes', aggregate: { group: 'room.owner.name', timezone: 'Europe/Paris' }, sort: '-room.owner.name' },
  { collection: 'drafts', aggregate: { values: 'count,min:id', group: 'kind,shown' } },
  { collection: 'users', aggregate: { group: 'role' } },
]

/** Expressions with values beside them. */
const MESSAGE_WHERES: readonly Pick<SubscriptionSpec, 'where' | 'params'>[] = [
  { where: "doc.score > 0.5 && doc.text != 'a'" },
  { where: "doc.room.name == 'x'" },
  { where: 'doc.author_id == auth.id' },
  { where: 'doc.author_id in $1 && doc.score < $2', params: [USERS.slice(0, 2), 2] },
]

const NOTE_WHERES: readonly Pick<SubscriptionSpec, 'where' | 'params'>[] = [
  { where: "doc.day < date('2024-06-02')" },
  { where: 'timestamp(doc.day) == doc.at' },
  { where: 'doc.day < $1 || doc.at == $2', params: ['2024-06-02', '2024-06-01T00:00:00Z'] },
]

/** A list to follow; some may be refused to some. */
export function randomSpec(random: Random): SubscriptionSpec {
  const limit = random.chance(20) ? null : random.chance(70) ? 1 + random.below(6) : undefined
  const count = random.chance(30) ? true : undefined
  const etags = random.chance(25) ? true : undefined
  const shared = { limit, ...(count && { count }), ...(etags && { etags }) }
  const maybe = <T>(percent: number, value: () => T): T | undefined => (random.chance(percent) ? value() : undefined)
  const pruned = (spec: Record<string, unknown>): SubscriptionSpec =>
    Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)) as SubscriptionSpec
  if (random.chance(25)) {
    const spec = random.pick(AGGREGATES)
    const filters = spec.collection === 'messages' ? MESSAGE_FILTERS : spec.collection === 'notes' ? NOTE_FILTERS : []
    return pruned({ ...spec, filter: filters.length > 0 ? maybe(40, () => random.pick(filters)) : undefined })
  }
  if (random.chance(55)) {
    return pruned({
      collection: 'messages',
      filter: maybe(60, () => random.pick(MESSAGE_FILTERS)),
      ...maybe(20, () => random.pick(MESSAGE_WHERES)),
      sort: maybe(70, () =>
        random.pick([['-id'], ['score'], ['-score'], ['text', '-score'], ['room.name'], ['-text']]),
      ),
      expand: maybe(25, () => random.pick([['room'], ['author'], ['messages'], ['room.owner', 'author']])),
      fields: maybe(20, () => random.pick([['id'], ['id', 'text'], ['text', 'id', 'score'], ['score']])),
      ...shared,
    })
  }
  if (random.chance(70)) {
    return pruned({
      collection: 'notes',
      filter: maybe(50, () => random.pick(NOTE_FILTERS)),
      ...maybe(20, () => random.pick(NOTE_WHERES)),
      sort: maybe(60, () => random.pick([['n'], ['-n', 'id'], ['-at'], ['day', '-n'], ['author.name', '-n'], ['-id']])),
      expand: maybe(20, () => random.pick([['room'], ['author']])),
      ...shared,
    })
  }
  if (random.chance(40)) {
    return pruned({
      collection: 'drafts',
      filter: maybe(40, () => random.pick([{ kind: 'a' }, { owner_id: USERS[1] }, { id: { $lt: 5 } }])),
      sort: maybe(50, () => random.pick([['-id'], ['kind'], ['-owner_id', 'kind']])),
      ...shared,
    })
  }
  if (random.chance(30)) return pruned({ collection: 'members', ...shared })
  return pruned({
    collection: random.pick(['rooms', 'users']),
    expand: maybe(20, () => ['messages']),
    ...shared,
  })
}
