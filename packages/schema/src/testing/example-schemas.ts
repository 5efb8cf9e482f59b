/** Schemas that several tests use. */

/** Users restated, posts and comments: what a first project looks like. */
export const BLOG = `
version: 1

collections:
  users:
    fields:
      id:
        type: uuid
        primary: true
        default: auto
      email:
        type: string
        unique: true
        index: true
        validate:
          format: email
      name:
        type: string
        maxLength: 100
        nullable: true
      role:
        type: string
        default: "user"
        validate:
          enum: [user, moderator, admin]
      created_at:
        type: timestamp
        default: now
      updated_at:
        type: timestamp
        default: now
        onUpdate: now

    rules:
      create: "true" # Anyone can register
      read: "auth.id == doc.id || auth.role == 'admin'"

  posts:
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: string, minLength: 1, maxLength: 200 }
      slug: { type: string, unique: true, index: true }
      author_id: { type: uuid, references: users.id, onDelete: cascade, index: true }
      published: { type: bool, default: false }
      published_at: { type: timestamp, nullable: true }
      tags: { type: json, nullable: true } # Expected: string[]
      view_count: { type: int, default: 0 }
    indexes:
      - name: idx_posts_published_date
        fields: [published, published_at]
        order: desc
    rules:
      create: "auth.id != null"

  comments:
    fields:
      id: { type: uuid, primary: true, default: auto }
      post_id: { type: uuid, references: posts.id, onDelete: cascade, index: true }
      parent_id: { type: uuid, references: comments.id, nullable: true, onDelete: set null }
      content: { type: text, maxLength: 5000 }
    rules:
      read: "true"
`

/** One of everything that a schema can say. */
export const EVERYTHING = `
version: 1
types:
  status: { enum: [draft, published, archived] }
roles:
  moderator: { permissions: [comments:delete] }
  admin: { inherits: [moderator], permissions: ["*"] }
definitions:
  "is_author(post)": "post.author_id == auth.id"
collections:
  posts:
    description: Articles of the blog
    audit: true
    fields:
      id:         { type: int, primary: true, default: auto }
      title:      { type: string, minLength: 1, maxLength: 200, default: "it's" }
      slug:       { type: string, unique: true, validate: { pattern: "^[a-z0-9-]+$" } }
      status:     { type: status, default: draft }
      author_id:  { type: uuid, references: users.id, onDelete: cascade, index: true }
      tags:       { type: json, nullable: true, schema: { type: array, items: { type: string } } }
      extra:      { type: json, default: { a: [1, null] } }
      score:      { type: float, default: 0, validate: { min: 0, max: 100 } }
      secret:     { type: string, nullable: true, internal: true }
      view_count: { type: int, default: -1, write: "false" }
      data:       { type: blob, default: "AP8=" }
      opened:     { type: bool, default: true }
      since:      { type: timestamp, default: "2026-01-31T12:00:00+01:00" }
      created_at: { type: timestamp, default: now }
      updated_at: { type: timestamp, onUpdate: now }
      order:      { type: string, column: "Order By", nullable: true }
    indexes:
      - { name: idx_posts_author_date, fields: [author_id, created_at], order: desc, unique: true }
    rules:
      create: "auth.id != null && doc.author_id == auth.id"
    policies:
      - { name: only_verified, on: [create], effect: restrict, using: "auth.verified == true" }
      - { name: publish, on: [update], effect: permit, using: "old.status == 'draft'", check: "doc.status == 'published'" }
`
