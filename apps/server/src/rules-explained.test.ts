import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openProject, type Project } from './project'

const SCHEMA = `
version: 1
types: { status: { enum: [draft, published] } }
collections:
  teams: { fields: { id: { type: string, primary: true }, owner_id: { type: uuid, references: users.id, nullable: true } } }
  notes:
    fields: { id: { type: string, primary: true }, owner_id: { type: uuid, default: auth.id, references: users.id } }
    rules: { create: "doc.owner_id == auth.id" }
  tasks:
    fields:
      id: { type: string, primary: true }
      owner_id: { type: uuid, references: users.id, nullable: true }
      team_id: { type: string, references: teams.id, nullable: true }
      status: { type: status, default: draft }
      meta: { type: json, nullable: true }
      stars: { type: int, default: 0, write: "auth.role == 'admin' || doc.status == 'published'" }
      secret: { type: string, nullable: true, internal: true }
    policies:
      - { name: all_read, on: [read], effect: permit, using: "doc.meta.hidden != true" }
      - { name: own, on: [update], effect: permit, using: "doc.owner_id == auth.id" }
      - { name: publish, on: [update], effect: permit, using: "old.status == 'draft'", check: "doc.status == 'published' && doc.owner_id == old.owner_id" }
      - { name: team_has_owner, on: [update], effect: restrict, using: "doc.team_id == null || doc.team.owner.verified" }
`

let dir: string
let project: Project
let ann: string
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'koyalite-explain-'))
  writeFileSync(join(dir, 'schema.yaml'), SCHEMA)
  project = await openProject({ dir, overrides: { 'database.path': ':memory:' } })
  ann = (await post('/api/admin/users', { email: 'ann@example.com' })).body.id
  await post('/api/collections/teams', { id: 'red', owner_id: ann })
  await post('/api/collections/tasks', [
    { id: 'mine', owner_id: ann, meta: {}, secret: 's' },
    { id: 'theirs', meta: { hidden: false } },
    { id: 'team', owner_id: ann, team_id: 'red', meta: { hidden: false } },
  ])
})
afterAll(async () => {
  await project.close()
  rmSync(dir, { recursive: true })
})

async function post(path: string, body: unknown, key?: string) {
  const headers = {
    'content-type': 'application/json',
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  }
  const request = new Request(`http://localhost${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  const { app, control } = project.current()
  const response = await (key === undefined ? control : app).fetch(request, { ip: '127.0.0.1' })
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  return { status: response.status, body: (await response.json()) as any }
}

async function explain(operation: string, more: object) {
  return (await post('/api/admin/rules/explain', { collection: 'tasks', operation, ...more })).body
}

describe('an explanation', () => {
  test('shows each permit and restriction with its outcome for the document', async () => {
    const seq = project.database.feed.lastSeq
    const given = { as: `user:${ann}`, id: 'mine', data: { owner_id: null } }
    const { document, rules } = await explain('update', given)
    expect(document).toMatchObject({ allowed: false, answer: { status: 404 } })
    expect(document.reasons[0]).toStartWith('Callers who may not read a document')
    expect(document.reasons[1]).toMatch(
      /the permit 'all_read' .* doc\.meta\.hidden != true cannot be evaluated, so it denies/,
    )
    const outcomes = rules.map(
      ({ name, about, outcome }: { name: string; about: string; outcome: { result: unknown } }) =>
        `${name} ${about} ${outcome.result}`,
    )
    expect(outcomes).toEqual([
      'own stored true',
      'own resulting false',
      'publish stored true',
      'publish resulting false',
      'team_has_owner stored true',
      'team_has_owner resulting true',
    ])
    expect(JSON.stringify(rules)).not.toContain('secret')
    // Everything was rolled back.
    expect(project.database.feed.lastSeq).toBe(seq)
    expect(
      (await explain('update', { ...given, data: { owner_id: null, status: 'published' } })).rules[3].outcome
        .operands[1].values,
    ).toEqual({
      'doc.owner_id': null,
      'old.owner_id': ann,
    })
  })

  test('names the restriction and the field that refuse', async () => {
    const team = await explain('update', { as: `user:${ann}`, id: 'team', data: { stars: 3 } })
    expect(team.document).toMatchObject({ allowed: false, answer: { status: 403 } })
    // Of a rule that both documents fail in the same way, one of them says it.
    expect(team.document.reasons).toHaveLength(2)
    expect(team.document.reasons[0]).toContain(
      "the restriction 'team_has_owner' does not hold for the stored document: doc.team_id == null is false (doc.team_id is 'red'); doc.team.owner.verified is false",
    )
    expect(team.document.reasons[1]).toContain("the rule of field 'stars'")
  })

  test('of a new document is about the one that this caller would make', async () => {
    const asked = { collection: 'notes', as: `user:${ann}`, data: { id: 'n' } }
    const { document, rules } = await explain('create', asked)
    expect([document.answer.status, rules[0].outcome.result]).toEqual([201, true])
    const nobody = await explain('create', { ...asked, as: 'anonymous' })
    expect(nobody.document).toMatchObject({
      allowed: false,
      reasons: ['owner_id is required: it defaults to the id of the signed-in user, and the caller is not one'],
    })
  })

  test('of what never can be says so without a document', async () => {
    const nobody = await explain('delete', { as: 'anonymous' })
    expect(nobody.summary).toBe(
      "Nobody may delete 'tasks': no rule or permit policy allows it, and the default is to deny.",
    )
    expect(await explain('delete', { as: 'key', id: 'mine' })).toMatchObject({
      comes_to: 'bypassed',
      document: { allowed: true },
    })
    expect((await explain('read', { as: 'anonymous', id: 'none' })).document.reasons).toEqual([
      "There is no document 'none' in 'tasks'.",
    ])
    const invalid = await explain('update', { as: `user:${ann}`, id: 'team', data: { status: 'done' } })
    expect(invalid.document.answer.status).toBe(422)
  })

  test('is for those who may see the schema; of documents for those who may read them', async () => {
    const keyFor = async (...scopes: string[]) =>
      (await post('/api/admin/keys', { scopes: scopes.map((scope) => ({ scope })) })).body.key
    const schema = await keyFor('schema')
    const asked = { collection: 'tasks', operation: 'read' }
    expect((await post('/api/admin/rules/explain', asked, schema)).status).toBe(200)
    expect((await post('/api/admin/rules/explain', { ...asked, id: 'mine' }, schema)).status).toBe(403)
    expect(
      (await post('/api/admin/rules/explain', { ...asked, id: 'mine' }, await keyFor('schema', 'data:read'))).status,
    ).toBe(200)
    expect((await post('/api/admin/rules/explain', asked, await keyFor('data:read'))).status).toBe(403)
    expect((await post('/api/admin/rules/explain', { ...asked, operation: 'list' }, schema)).status).toBe(422)
    const source = 'cases: [{ actor: anonymous, operation: list, collection: tasks, expect: allowed, finds: [] }]'
    const report = await post('/api/admin/rules/test', { files: [{ name: 'rules/a.test.yaml', source }] }, schema)
    expect(report).toMatchObject({ status: 200, body: { ok: true, passed: 1 } })
  })
})
