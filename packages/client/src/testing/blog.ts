import type { CollectionTypes, Increment, Metadata, Pull, Push, ToMany, ToOne } from '../data'

/** A blog, and what `generate` writes for it. */
export const BLOG_SCHEMA = `version: 1
types:
  status: { enum: [draft, published, archived] }
collections:
  users:
    fields:
      name: { type: string, nullable: true }
    rules: { read: "true", create: "true", update: "true", delete: "true" }
  posts:
    singular: post
    fields:
      id:         { type: uuid, primary: true, default: auto }
      title:      { type: string, minLength: 1 }
      status:     { type: status, default: draft }
      author_id:  { type: uuid, references: users.id, nullable: true }
      category:   { type: string, references: categories.slug, nullable: true }
      tags:       { type: json, nullable: true, schema: { type: array, items: { type: string } } }
      meta:       { type: json, nullable: true }
      score:      { type: float, default: 0 }
      published:  { type: bool, default: false }
      day:        { type: date, nullable: true }
      picture:    { type: blob, nullable: true }
      view_count: { type: int, default: 0 }
      created_at: { type: timestamp, default: now }
    rules: { read: "true", create: "true", update: "true", delete: "true" }
  categories:
    fields:
      slug: { type: string, primary: true }
      since: { type: timestamp, default: now }
    rules: { read: "true", create: "true", update: "true", delete: "true" }
  comments:
    fields:
      id:        { type: uuid, primary: true, default: auto }
      post_id:   { type: uuid, references: posts.id, onDelete: cascade }
      parent_id: { type: uuid, references: comments.id, nullable: true }
      author_id: { type: uuid, references: users.id, nullable: true }
      text:      { type: text }
      at:        { type: timestamp, default: now }
    rules: { read: "true", create: "true", update: "true", delete: "true" }
  notes:
    fields:
      code:     { type: uuid, primary: true, default: auto, clients: { name: id } }
      body:     { type: text, clients: { name: text } }
      made_at:  { type: timestamp, default: now, clients: { name: at } }
      category: { type: string, references: categories.slug, nullable: true, clients: { name: topic } }
    rules: { read: "true", create: "true", update: "true", delete: "true" }
  batch:
    fields:
      id: { type: int, primary: true, default: auto }
    rules: { read: "true", create: "true" }
`

export interface User {
  id: string
  email: string
  name: string | null
  created_at: Date
}

export interface UserCreate {
  email: string
  name?: string | null | undefined
}

export interface Users extends CollectionTypes {
  doc: User
  create: UserCreate
  update: Partial<UserCreate>
  key: 'id'
  relations: { posts: ToMany<'posts'>; comments: ToMany<'comments'> }
}

export type Status = 'draft' | 'published' | 'archived'

export interface Post {
  id: string
  title: string
  status: Status
  author_id: string | null
  category: string | null
  tags: string[] | null
  meta: unknown
  score: number
  published: boolean
  day: string | null
  picture: Uint8Array | null
  view_count: number
  created_at: Date
}

export interface PostCreate {
  id?: string | undefined
  title: string
  status?: Status | undefined
  author_id?: string | null | undefined
  category?: string | null | undefined
  tags?: string[] | null | undefined
  meta?: unknown
  score?: number | undefined
  published?: boolean | undefined
  day?: string | null | undefined
  picture?: Uint8Array | null | undefined
  view_count?: number | undefined
  created_at?: Date | undefined
}

export interface PostUpdate {
  title?: string | undefined
  status?: Status | undefined
  author_id?: string | null | undefined
  category?: string | null | undefined
  meta?: unknown
  published?: boolean | undefined
  day?: string | null | undefined
  picture?: Uint8Array | null | undefined
  created_at?: Date | undefined
  tags?: string[] | null | Push<string> | Pull<string> | undefined
  view_count?: number | Increment | undefined
  score?: number | Increment | undefined
}

export interface Posts extends CollectionTypes {
  doc: Post
  create: PostCreate
  update: PostUpdate
  key: 'id'
  relations: { author: ToOne<'users'>; category: ToOne<'categories'>; comments: ToMany<'comments'> }
}

export interface Category {
  slug: string
  since: Date
}

export interface Categories extends CollectionTypes {
  doc: Category
  create: { slug: string; since?: Date | undefined }
  update: { since?: Date | undefined }
  key: 'slug'
  relations: { posts: ToMany<'posts'> }
}

export interface Comment {
  id: string
  post_id: string
  parent_id: string | null
  author_id: string | null
  text: string
  at: Date
}

export interface CommentCreate {
  id?: string | undefined
  post_id: string
  parent_id?: string | null | undefined
  author_id?: string | null | undefined
  text: string
  at?: Date | undefined
}

export interface Comments extends CollectionTypes {
  doc: Comment
  create: CommentCreate
  update: Omit<Partial<CommentCreate>, 'id'>
  key: 'id'
  relations: { post: ToOne<'posts'>; parent: ToOne<'comments'>; author: ToOne<'users'>; comments: ToMany<'comments'> }
}

export interface Note {
  id: string
  text: string
  at: Date
  topic: string | null
}

export interface NoteCreate {
  id?: string | undefined
  text: string
  at?: Date | undefined
  topic?: string | null | undefined
}

/** Its fields have other names in clients. */
export interface Notes extends CollectionTypes {
  doc: Note
  create: NoteCreate
  update: Omit<Partial<NoteCreate>, 'id'>
  key: 'id'
  relations: { topic: ToOne<'categories'> }
}

export interface Batches extends CollectionTypes {
  doc: { id: number }
  create: { id?: number | undefined }
  update: object
  key: 'id'
  relations: Record<never, never>
}

export interface Schema {
  users: Users
  posts: Posts
  categories: Categories
  comments: Comments
  notes: Notes
  batch: Batches
}

export const metadata: Metadata<Schema> = {
  collections: {
    users: { fields: { created_at: 'timestamp' }, relations: { posts: 'posts', comments: 'comments' } },
    posts: {
      fields: { picture: 'blob', view_count: 'int', created_at: 'timestamp' },
      relations: { author: 'users', category: 'categories', comments: 'comments' },
    },
    categories: { key: 'slug', fields: { since: 'timestamp' }, relations: { posts: 'posts' } },
    comments: {
      fields: { at: 'timestamp' },
      relations: { post: 'posts', parent: 'comments', author: 'users', comments: 'comments' },
    },
    notes: {
      fields: { at: 'timestamp' },
      relations: { topic: 'categories' },
      names: { id: 'code', text: 'body', at: 'made_at', topic: 'category' },
    },
    batch: { fields: { id: 'int' } },
  },
}
