import { expect, test } from 'bun:test'
import { type Actor, ANONYMOUS, SYSTEM } from '@koyalite/contracts'
import { parseSchema } from '@koyalite/schema'
import { accessOf } from './access-of'

const parsed = parseSchema(
  `version: 1
collections:
  posts:
    fields: { id: { type: int, primary: true } }
    rules: { read: "true" }
  messages:
    fields: { id: { type: int, primary: true } }
    rules: { create: "true" }
  drafts:
    fields: { id: { type: int, primary: true } }
    rules: { read: "auth.id != null" }
  salaries:
    fields: { id: { type: int, primary: true } }
`,
  { file: 'schema.yaml' },
)

function messageFor(actor: Actor, name: string): string {
  if (!parsed.ok) throw new Error('the schema is valid')
  const error = accessOf(parsed.schema, actor, { method: 'GET', ip: '', time: 0, headers: {} }).unknownCollection(name)
  expect(error).toMatchObject({ code: 'COLLECTION_NOT_FOUND', status: 404 })
  return error.message
}

const USER: Actor = {
  ...{ kind: 'user', id: 'u', email: 'ann@example.com', role: 'user', verified: true },
  ...{ metadata: null, claims: null, sessionId: 's' },
}

test.each<[string, Actor, string, string]>([
  ['what everybody may read', ANONYMOUS, 'post', "There is no collection 'post' (did you mean 'posts'?)."],
  ['what everybody may create', ANONYMOUS, 'message', "There is no collection 'message' (did you mean 'messages'?)."],
  ['what users may read, to users', USER, 'draft', "There is no collection 'draft' (did you mean 'drafts'?)."],
  ['anything, to the system', SYSTEM, 'salarie', "There is no collection 'salarie' (did you mean 'salaries'?)."],
])('suggests %s', (_, actor, name, message) => {
  expect(messageFor(actor, name)).toBe(message)
})

test.each<[string, Actor, string]>([
  ['what users only may read, to nobody', ANONYMOUS, 'draft'],
  ['what nobody may', ANONYMOUS, 'salarie'],
  ['what nobody may, to users', USER, 'sal'],
  ['the accounts', ANONYMOUS, 'user'],
])('does not suggest %s', (_, actor, name) => {
  expect(messageFor(actor, name)).toBe(`There is no collection '${name}'.`)
})

test('a name of any length makes a short message', () => {
  expect(messageFor(ANONYMOUS, 'x'.repeat(10_000)).length).toBeLessThan(200)
})
