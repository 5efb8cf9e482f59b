import { expectStatus, type TestServer, useServer } from '@koyalite/testkit'
import { type Studio, useStudio } from './studio-browser'

const SCHEMA = `version: 1
types: { status: { enum: [draft, out] } }
collections:
  authors:
    fields:
      id:    { type: uuid, primary: true, default: auto }
      name:  { type: string }
      email: { type: string, format: email, unique: true, nullable: true }
  books:
    fields:
      id:        { type: int, primary: true, default: auto }
      title:     { type: string, minLength: 1 }
      subtitle:  { type: string, nullable: true }
      status:    { type: status, default: draft }
      price:     { type: float, nullable: true, min: 0 }
      author_id: { type: uuid, nullable: true, references: authors.id, onDelete: restrict }
      published: { type: timestamp, nullable: true }
      meta:      { type: json, nullable: true }
      updated_at: { type: timestamp, default: now, onUpdate: now }
  shelves:
    fields:
      id:   { type: string, primary: true }
      note: { type: string, nullable: true, maxLength: 20 }
`

export const HOSTILE = '<img src=x onerror="document.title=1">'

type Document = Readonly<Record<string, unknown>> & { readonly id: string | number }

export interface Books extends Studio {
  readonly server: TestServer
  add(collection: string, values: object): Promise<Document>
  stored(collection: string, key: string | number): Promise<Document>
  count(collection: string): Promise<number>
}

/** A server with books, their authors and shelves, and an owner, an editor and a viewer in one browser. */
export function useBooks(): Books {
  const server = useServer({ schema: SCHEMA, settings: 'auth: { rate_limit: { login: 1000/second } }' })
  return {
    ...useStudio(server, 'editor', 'viewer'),
    server,
    add: async (collection, values) =>
      expectStatus(await server.api.post(`/api/collections/${collection}`, values), 201).body,
    stored: async (collection, key) =>
      expectStatus(await server.api.get(`/api/collections/${collection}/~${encodeURIComponent(key)}`), 200).body,
    count: async (collection) =>
      expectStatus(await server.api.list(collection, { count: true, limit: 1 }), 200).body.total,
  }
}
