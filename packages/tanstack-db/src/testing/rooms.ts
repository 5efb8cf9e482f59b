import type { CollectionTypes, Increment, Metadata } from '@koyalite/client'

/** Rooms with todos, and posts with comments; and what `generate` writes for it. */
export const ROOMS_SCHEMA = `version: 1
collections:
  users:
    fields:
      name:  { type: string, default: "" }
      posts: { type: int, default: 0 }
    rules: { read: "true", update: "auth.id == doc.id" }
  todos:
    fields:
      id:       { type: uuid, primary: true, default: auto }
      title:    { type: string, minLength: 1, maxLength: 100 }
      done:     { type: bool, default: false }
      room:     { type: string }
      rank:     { type: int, default: 0 }
      secret:   { type: string, nullable: true, read: "auth.id == doc.owner_id" }
      owner_id: { type: uuid, references: users.id, default: auth.id, write: "false" }
      made_at:  { type: timestamp, default: now }
    rules: { read: "auth.id != null", create: "auth.id != null", update: "auth.id != null", delete: "doc.rank < 100" }
  posts:
    fields:
      id:    { type: uuid, primary: true, default: auto }
      title: { type: string, minLength: 1 }
    rules: { read: "true", create: "true", update: "true", delete: "true" }
  comments:
    fields:
      id:      { type: uuid, primary: true, default: auto }
      post_id: { type: uuid, references: posts.id, onDelete: cascade }
      text:    { type: string, minLength: 1 }
    rules: { read: "true", create: "true", update: "true", delete: "true" }
  counters:
    fields:
      id:   { type: int, primary: true, default: auto }
      name: { type: string }
    rules: { read: "true", create: "true" }
`

export interface User {
  id: string
  email: string
  name: string
  posts: number
}

export interface Todo {
  id: string
  title: string
  done: boolean
  room: string
  rank: number
  secret?: string | null
  owner_id: string
  made_at: Date
}

interface Users extends CollectionTypes {
  doc: User
  create: { email: string; name?: string | undefined; posts?: number | undefined }
  update: { name?: string | undefined; posts?: number | Increment | undefined }
  key: 'id'
  relations: Record<never, never>
}

interface Todos extends CollectionTypes {
  doc: Todo
  create: {
    id?: string | undefined
    title: string
    done?: boolean | undefined
    room: string
    rank?: number | undefined
    secret?: string | null | undefined
    made_at?: Date | undefined
  }
  update: {
    title?: string | undefined
    done?: boolean | undefined
    room?: string | undefined
    rank?: number | Increment | undefined
    secret?: string | null | undefined
    made_at?: Date | undefined
  }
  key: 'id'
  relations: Record<never, never>
}

interface Posts extends CollectionTypes {
  doc: { id: string; title: string }
  create: { id?: string | undefined; title: string }
  update: { title?: string | undefined }
  key: 'id'
  relations: Record<never, never>
}

interface Comments extends CollectionTypes {
  doc: { id: string; post_id: string; text: string }
  create: { id?: string | undefined; post_id: string; text: string }
  update: { post_id?: string | undefined; text?: string | undefined }
  key: 'id'
  relations: Record<never, never>
}

interface Counters extends CollectionTypes {
  doc: { id: number; name: string }
  create: { id?: number | undefined; name: string }
  update: { name?: string | undefined }
  key: 'id'
  relations: Record<never, never>
}

export interface Schema {
  users: Users
  todos: Todos
  posts: Posts
  comments: Comments
  counters: Counters
}

export const metadata: Metadata<Schema> = {
  collections: {
    users: { fields: { posts: 'int' } },
    todos: { fields: { rank: 'int', made_at: 'timestamp' } },
    posts: {},
    comments: {},
    counters: { fields: { id: 'int' } },
  },
}
