import { type Api, createApi, expectStatus, type TestServer } from '@koyalite/testkit'
import { DOCUMENT_NAMES, DOCUMENTS, type DocumentName, FIELDS, PEOPLE, RELATED_SCHEMA, ROLES } from './rule-documents'

const PASSWORD = 'correct horse 9'

/** Lets as many people register and sign in as tests need. */
export const SETTINGS = 'auth: { rate_limit: { register: 1000/minute, login: 1000/minute, api: 1000000/minute } }\n'

/** Registers the people, gives them what they are known for, and gives their clients and the ids that `$name` stands for. */
export async function registerPeople(
  server: TestServer,
  people: Readonly<Record<string, object>> = PEOPLE,
): Promise<{ readonly apis: Readonly<Record<string, Api>>; readonly ids: Readonly<Record<string, string>> }> {
  const apis: Record<string, Api> = { anonymous: server.anonymous, key: server.api }
  const ids: Record<string, string> = {}
  for (const [name, facts] of Object.entries(people)) {
    const email = `${name}@example.com`
    const { body } = expectStatus(await server.anonymous.post('/api/auth/register', { email, password: PASSWORD }), 201)
    expectStatus(await server.api.patch(`/api/collections/users/${body.user.id}`, facts), 200)
    ids[name] = body.user.id
    apis[name] = createApi(server.process.url, body.access_token)
  }
  return { apis, ids }
}

/** A value with ids in the place of `$name`. */
export function withIds<T>(value: T, ids: Readonly<Record<string, string>>): T {
  return JSON.parse(JSON.stringify(value).replace(/\$(\w+)/g, (text, name: string) => ids[name] ?? text))
}

/**
 * The kinds of places where a rule can stand, each a collection in which the rule decides alone. Where there are two ways to say the same,
 * or two places of a kind, every other rule takes the one, the next the other: a collection costs the server more than a question.
 */
export const PLACES = ['reads', 'fields', 'before'] as const

export function schemaOf(rules: readonly string[]): string {
  return `
version: 1
types: { status: { enum: [draft, published, archived] } }
${ROLES}
definitions:
  "is_same(a, b)": "a == b"
  "is_positive(n)": "n > 0"
  "is_own(thing)": "is_same(thing.owner_id, auth.id)"
  "is_member(org)": "memberships.exists(m, m.org == org && m.user == auth.id)"
collections:
${RELATED_SCHEMA}
  open:
    fields: ${FIELDS}
    rules: { read: "true" }
${rules.map((rule, index) => collectionsOf(JSON.stringify(rule), index)).join('')}`
}

const shortForm = (rule: string): string => `    rules: { read: ${rule} }`
const restriction = (rule: string): string => `    policies:
      - { name: everybody, on: [read], effect: permit, using: "true" }
      - { name: nobody, on: [read], effect: permit, using: "false" }
      - { name: some, on: [read], effect: restrict, using: ${rule} }`

const writtenField = (rule: string): string => `      mark: { type: int, default: 0, write: ${rule} }
    rules: { read: "true", update: "true" }`
const resultOfUpdate = (rule: string): string => `      mark: { type: int, default: 0 }
    policies:
      - { name: all, on: [read, update], effect: permit, using: "true" }
      - { name: result, on: [update], effect: restrict, using: "true", check: ${rule} }`

export function isEven(index: number): boolean {
  return index % 2 === 0
}

function collectionsOf(rule: string, index: number): string {
  return `
  reads${index}:
    fields: ${FIELDS}
${isEven(index) ? shortForm(rule) : restriction(rule)}
  fields${index}:
    fields: ${FIELDS}
      secret: { type: string, default: x, read: ${rule} }
${isEven(index) ? writtenField(rule) : resultOfUpdate(rule)}
  before${index}:
    fields: ${FIELDS}
      mark: { type: int, default: 0 }
    policies:
      - { name: all_read, on: [read], effect: permit, using: "true" }
      - { name: nobody, on: [create, update, delete], effect: permit, using: "false" }
      - { name: some, on: [create, delete], effect: permit, using: ${rule} }
      - { name: change, on: [update], effect: permit, using: ${rule}, check: "true" }
`
}

export function documentsWithIds(ids: Readonly<Record<string, string>>): readonly DocumentWithId[] {
  return DOCUMENT_NAMES.map((id) => ({ id, ...withIds(DOCUMENTS[id], ids) }))
}

export type DocumentWithId = { readonly id: DocumentName } & Readonly<Record<string, unknown>>
