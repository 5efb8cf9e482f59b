import { openWorld, schemaOf, type World } from './test-world'

/** For tests: rooms with members, posts with every type of field; a reference that leads nowhere, nulls, and missing keys. */
export const BLOG_SCHEMA = schemaOf(`
version: 1
types: { status: { enum: [draft, published, archived] } }
collections:
  rooms:
    fields: { id: { type: string, primary: true }, name: { type: string }, owner_id: { type: uuid, nullable: true, references: users.id } }
  members:
    fields:
      id: { type: string, primary: true }
      room: { type: string, references: rooms.id }
      user: { type: uuid, references: users.id }
      level: { type: int, nullable: true }
    indexes:
      - { name: members_room_user, fields: [room, user] }
  posts:
    fields:
      id: { type: string, primary: true }
      title: { type: string }
      subtitle: { type: string, nullable: true }
      status: { type: status, default: draft }
      views: { type: int, default: 0 }
      score: { type: float, nullable: true }
      pinned: { type: bool, nullable: true }
      published_at: { type: timestamp, nullable: true }
      meta: { type: json, nullable: true }
      tags: { type: json, nullable: true }
      picture: { type: blob, nullable: true }
      secret: { type: string, nullable: true, internal: true }
      room: { type: string, references: rooms.id }
      author_id: { type: uuid, nullable: true, references: users.id }
`)

const NOW = '2026-01-02T03:04:05.678Z'

export function openBlogWorld(): Promise<World> {
  return openWorld(BLOG_SCHEMA, {
    users: ['ann', 'bob'].map((id) => ({
      id,
      email: `${id}@example.com`,
      role: id === 'ann' ? 'admin' : 'user',
      verified: id === 'ann',
      metadata: null,
      created_at: NOW,
      updated_at: NOW,
    })),
    rooms: [
      { id: 'red', name: 'Red', owner_id: 'ann' },
      { id: 'blue', name: 'Blue', owner_id: null },
    ],
    members: [
      { id: 'm1', room: 'red', user: 'ann', level: 9007199254740991 },
      { id: 'm2', room: 'red', user: 'bob', level: null },
    ],
    posts: [
      {
        id: 'full',
        title: 'Grüße 😀',
        subtitle: 'one',
        status: 'published',
        views: 9007199254740991,
        score: 1.5,
        pinned: true,
        published_at: NOW,
        meta: { color: 'red', count: 1, on: true, none: null, deep: { list: [1, 'x'] }, 'odd "key"': 'k' },
        tags: ['a', 'b'],
        picture: 'AP8=',
        secret: 's',
        room: 'red',
        author_id: 'ann',
      },
      { id: 'empty', title: '', status: 'draft', views: 0, room: 'blue' },
      {
        id: 'lost',
        title: '1',
        status: 'draft',
        views: -1,
        meta: { count: '1', on: 1 },
        tags: [1, null],
        room: 'gone',
        author_id: 'gone',
      },
    ],
  })
}
