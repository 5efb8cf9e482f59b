/** A blog, orders and some small things, with the rules that a user would write. */
export const SCHEMA = `
version: 1
types: { status: { enum: [draft, published, archived] } }
roles:
  moderator: { permissions: ["posts:*"] }
  admin: { inherits: [moderator], permissions: ["*"] }
collections:
  users:
    rules: { read: "auth.id == doc.id || auth.role == 'admin'", update: "auth.id == doc.id" }
  posts:
    fields:
      id:        { type: string, primary: true }
      author_id: { type: uuid, references: users.id, onDelete: cascade }
      title:     { type: string, minLength: 1 }
      status:    { type: status, default: draft }
      slug:      { type: string, nullable: true, unique: true }
      code:      { type: string, nullable: true, unique: true, read: "auth.role == 'admin'" }
      memo:      { type: string, nullable: true, read: "auth.id == doc.author_id" }
      staff:     { type: string, nullable: true, read: "auth.role == 'admin'", write: "auth.role == 'admin'" }
      secret:    { type: string, nullable: true, internal: true }
      views:     { type: int, default: 0, write: "false" }
      pinned:    { type: bool, default: false, write: "doc.status == 'published'" }
    rules:
      create: "auth.id != null && doc.author_id == auth.id"
      read:   "doc.status == 'published' || auth.id == doc.author_id || auth.role == 'admin'"
      update: "auth.id == doc.author_id"
      delete: "auth.id == doc.author_id || auth.can('posts:delete')"
    policies:
      - { name: only_verified, on: [create], effect: restrict, using: "auth.verified == true" }
      - { name: archive, on: [update], effect: permit, using: "auth.can('posts:archive') && old.status == 'published'", check: "doc.status == 'archived' && doc.author_id == old.author_id" }
  comments:
    fields:
      id:      { type: string, primary: true }
      post_id: { type: string, references: posts.id, onDelete: restrict }
      by_id:   { type: uuid, nullable: true, references: users.id, onDelete: set null }
      text:    { type: string }
      hidden:  { type: bool, default: false }
    rules:
      create: "request.method == 'POST' && doc.by_id == auth.id && doc.post.status == 'published'"
      read:   "!doc.hidden || doc.post.author_id == auth.id"
      update: "doc.by_id == auth.id && request.body.size() == 1 && has(request.body.text)"
      delete: "doc.post.author_id == auth.id"
  drops:
    fields: { id: { type: string, primary: true }, text: { type: string } }
    rules: { create: "true" }
  orders:
    fields:
      id:    { type: string, primary: true }
      owner: { type: uuid }
      total: { type: int, default: 0 }
      state: { type: string, default: open }
    policies:
      - { name: mine, on: [read, update, delete], effect: permit, using: "doc.owner == auth.id" }
      - { name: seen, on: [read], effect: permit, using: "auth.role == 'moderator'" }
      - { name: moderated, on: [update], effect: permit, using: "auth.role == 'moderator'", check: "auth.role == 'moderator' && doc.total == old.total" }
      - { name: anybody_signed_in, on: [create], effect: permit, check: "doc.total == 0 && doc.owner == auth.id" }
      - { name: not_closed, on: [update, delete], effect: restrict, using: "doc.state != 'closed'", check: "doc.total >= 0" }
      - { name: not_banned, on: [read, create, update, delete], effect: restrict, using: "!(has(auth.metadata.banned) && auth.metadata.banned == true)" }
  closed:
    fields: { id: { type: string, primary: true }, text: { type: string } }
  headers:
    fields: { id: { type: string, primary: true }, text: { type: string } }
    rules:
      read: "true"
      create: "request.headers['x-team'] == 'red' && request.body.text == doc.text"
      update: "request.method == 'PATCH' && request.ip != '' && !has(request.headers.nothing)"
      delete: "request.time > timestamp('2020-01-01T00:00:00Z')"
  versions:
    fields: { id: { type: string, primary: true }, n: { type: int, default: 1 }, owner: { type: uuid, nullable: true } }
    rules: { read: "true", create: "true" }
    policies:
      - { name: next, on: [update], effect: permit, using: "doc.n == old.n && doc.n > 0", check: "doc.n == old.n + 1" }
`

export const PEOPLE = {
  ann: { role: 'user', verified: true, metadata: {} },
  ben: { role: 'user', verified: true, metadata: { banned: false } },
  nul: { role: 'user', verified: true, metadata: null },
  new: { role: 'user', verified: false, metadata: {} },
  mod: { role: 'moderator', verified: true, metadata: { banned: false } },
  adm: { role: 'admin', verified: true, metadata: {} },
  bad: { role: 'user', verified: true, metadata: { banned: true } },
}

/** `$ann` is the id of ann. */
export const DOCUMENTS = {
  posts: [
    { id: 'draft', author_id: '$ann', title: 'Draft', memo: 'm1', slug: 'draft', code: 'c1', staff: 's1' },
    { id: 'open', author_id: '$ann', title: 'Open', status: 'published', memo: 'm2', slug: 'open', views: 3 },
    { id: 'bens', author_id: '$ben', title: 'Bens', status: 'published', code: 'c3' },
  ],
  comments: [
    { id: 'c1', post_id: 'open', by_id: '$ben', text: 'nice' },
    { id: 'c2', post_id: 'open', by_id: '$bad', text: 'spam', hidden: true },
    { id: 'c3', post_id: 'draft', by_id: null, text: 'nobody' },
  ],
  orders: [
    { id: 'o1', owner: '$ann', total: 5 },
    { id: 'o2', owner: '$ben', total: 7, state: 'closed' },
    { id: 'o3', owner: '$bad', total: 1 },
  ],
  closed: [{ id: 'k', text: 'hidden words' }],
  headers: [{ id: 'h', text: 't' }],
  versions: [
    { id: 'v', n: 1 },
    { id: 'z', n: 0 },
  ],
}
