import { describe, expect, test } from 'bun:test'
import { runTests } from '@koyalite/rules'
import { loadSchema, sandboxOf } from './testing/open-sandbox'

const SCHEMA = `
version: 1
roles: { moderator: { permissions: [posts:delete] } }
collections:
  posts:
    fields:
      id: { type: string, primary: true }
      author_id: { type: uuid, references: users.id, onDelete: cascade, index: true }
      title: { type: string, maxLength: 20 }
      published: { type: bool, default: false }
      note: { type: string, nullable: true, read: "auth.id == doc.author_id", write: "auth.role == 'moderator'" }
      views: { type: int, default: 0, write: "false" }
    rules:
      create: "auth.id != null && doc.author_id == auth.id"
      read: "doc.published || auth.id == doc.author_id"
      update: "auth.id == doc.author_id"
      delete: "auth.id == doc.author_id || auth.can('posts:delete')"
    policies:
      - { name: only_verified, on: [create, update], effect: restrict, using: "auth.verified == true" }
`
const GIVEN = `
actors:
  ann:
  ben:
  new: { verified: false }
  mod: moderator
  reader: { key: data:read }
documents:
  posts:
    draft: { author_id: $ann, title: Draft, note: n }
    open: { author_id: $ann, title: Open, published: true }
cases:
`

async function run(cases: string, given = GIVEN) {
  const schema = loadSchema(SCHEMA)
  return runTests({ schema, openSandbox: sandboxOf(schema) }, [
    { name: 'rules/posts.test.yaml', source: given + cases },
  ])
}

describe('rule tests', () => {
  test('prove what the API does', async () => {
    const report = await run(`
  - { actor: anonymous, operation: list, collection: posts, expect: allowed, finds: [open], absent: note }
  - { actor: ann, operation: list, collection: posts, expect: allowed, finds: [draft, open], visible: [note, title] }
  - { actor: [anonymous, ben], operation: read, collection: posts, id: draft, expect: denied, status: 404 }
  - { actor: ann, operation: [read, delete], collection: posts, id: draft, expect: allowed }
  - { actor: [ben, new], operation: create, collection: posts, data: { id: x, author_id: $ann, title: t }, expect: denied }
  - { actor: ann, operation: create, collection: posts, data: { id: x, author_id: $ann, title: t }, expect: allowed }
  - { actor: ann, operation: update, collection: posts, id: open, data: { views: 7 }, expect: denied }
  - { actor: ann, operation: update, collection: posts, id: open, data: { author_id: $ben }, expect: denied, status: 403 }
  - { actor: mod, operation: delete, collection: posts, id: open, expect: allowed }
  - { actor: reader, operation: delete, collection: posts, id: open, expect: denied }
  - { actor: reader, operation: read, collection: posts, id: draft, expect: allowed, visible: note }
  - { actor: ann, operation: replace, collection: posts, id: y, data: { author_id: $ann, title: t }, expect: allowed, status: 201 }
`)
    expect(report.files.flatMap(({ problems, cases }) => [...problems, ...cases.filter(({ ok }) => !ok)])).toEqual([])
    expect(report).toMatchObject({ ok: true, passed: 15, failed: 0 })
  })

  test('each case finds the documents as they are in the file', async () => {
    const report = await run(`
  - { actor: ann, operation: delete, collection: posts, id: open, expect: allowed }
  - { actor: anonymous, operation: read, collection: posts, id: open, expect: allowed }
`)
    expect(report.ok).toBe(true)
  })

  test('a batch is one transaction: each write sees the earlier ones, and one that is refused undoes them', async () => {
    const report = await run(`
  - actor: ann
    batch:
      - { operation: create, collection: posts, data: { id: x, author_id: $ann, title: t } }
      - { operation: update, collection: posts, id: x, data: { title: u } }
      - { operation: replace, collection: posts, id: open, data: { author_id: $ann, title: u } }
      - { operation: delete, collection: posts, id: x }
    expect: allowed
  - actor: [ben, anonymous]
    batch: [{ operation: delete, collection: posts, id: open }]
    expect: denied
  - name: two steps do not do what one may not
    actor: ann
    batch:
      - { operation: update, collection: posts, id: draft, data: { title: t } }
      - { operation: update, collection: posts, id: draft, data: { views: 7 } }
    expect: denied
    status: 422
  - { actor: ann, batch: [{ operation: delete, collection: posts, id: draft }, { operation: update, collection: posts, id: open, data: { author_id: $ben } }], expect: allowed }
  - { actor: ann, batch: [{ operation: create, collection: posts, data: { id: open, author_id: $ann, title: t } }], expect: denied }
`)
    const cases = report.files[0]?.cases ?? []
    expect(cases.map(({ title, message }) => [title, message])).toEqual([
      ['ann may create posts and update posts and replace posts and delete posts', null],
      ['ben may not delete posts', null],
      ['anonymous may not delete posts', null],
      ['two steps do not do what one may not', null],
      [
        'ann may delete posts and update posts',
        "expected allowed, but it is denied: 403 You are not allowed to update documents of 'posts'. (update posts)",
      ],
      [
        'ann may not create posts',
        'expected denied, but the request itself is refused: 409 id is already taken by another document (create posts)',
      ],
    ])
  })

  test('a failure says where, what, and which part of which rule decided', async () => {
    const report = await run(`
  - { actor: ben, operation: update, collection: posts, id: open, data: { title: x }, expect: allowed }
  - { actor: ben, operation: update, collection: posts, id: draft, data: { title: x }, expect: allowed }
  - { actor: new, operation: create, collection: posts, data: { id: x, author_id: $new, title: t }, expect: allowed }
  - { actor: anonymous, operation: create, collection: posts, data: { id: x, author_id: $ann, title: t }, expect: allowed }
  - { actor: ann, operation: create, collection: posts, data: { id: x, author_id: $ann, title: much longer than twenty }, expect: denied }
  - { actor: ann, operation: read, collection: posts, id: open, expect: denied }
  - { actor: ben, operation: read, collection: posts, id: open, expect: allowed, visible: note }
  - { actor: ben, operation: list, collection: posts, expect: allowed, finds: [] }
`)
    const cases = report.files[0]?.cases ?? []
    expect(report).toMatchObject({ ok: false, passed: 0, failed: 8 })
    expect(cases[0]).toMatchObject({
      line: 14,
      column: 5,
      message: "expected allowed, but it is denied: 403 You are not allowed to update documents of 'posts'.",
    })
    expect(cases[0]?.because[0]).toMatch(
      /^schema\.yaml:16:16 the rule does not hold for the stored document: auth\.id == doc\.author_id is false \(auth\.id is '0+-.*', doc\.author_id is '0+-.*'\)\.$/,
    )
    expect(cases[1]?.because[0]).toBe(
      'Callers who may not read a document must not learn that it exists: the response is 404.',
    )
    expect(cases[1]?.because[1]).toContain('doc.published is false (doc.published is false); auth.id == doc.author_id')
    expect(cases[2]?.because).toEqual([
      "schema.yaml:19:80 the restriction 'only_verified' does not hold for the resulting document: auth.verified == true is false (auth.verified is false).",
    ])
    expect(cases[3]?.because[0]).toContain('auth.id != null is false (auth.id is null)')
    expect(cases.slice(4).map(({ message }) => message)).toEqual([
      'expected denied, but the request itself is refused: 422 title must have at most 20 characters',
      'expected denied, but it is allowed: 200',
      'expected note to be visible in open, but it is absent',
      'expected to find nothing, but the list contains open',
    ])
  })

  test('a document that cannot be stored is a problem of the file', async () => {
    const report = await run(
      '  - { actor: ann, operation: list, collection: posts, expect: allowed }\n',
      GIVEN.replace('title: Draft', 'title: much longer than twenty characters'),
    )
    expect(report).toMatchObject({ ok: false, failed: 1 })
    expect(report.files[0]?.problems).toEqual([
      'rules/posts.test.yaml:10:12 this document of posts cannot be stored: title must have at most 20 characters',
    ])
  })
})
