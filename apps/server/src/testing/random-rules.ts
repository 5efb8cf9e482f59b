import { type Actor, ANONYMOUS, SYSTEM } from '@koyalite/contracts'
import { RandomSource } from '@koyalite/query/testing/random-source'
import type { RuleSandbox } from '@koyalite/rules'
import { OPERATIONS, type Operation } from '@koyalite/schema'

/** Conditions as rules have them, with and without what they look at. */
const CONDITIONS = [
  ...['true', 'true', 'false', 'doc.public', 'doc.n > 1', 'auth.id != null', 'auth == null', 'auth.verified'],
  ...["auth.role == 'editor'", "auth.can('posts:all')", 'auth.id == doc.owner_id', '!(auth.id != doc.owner_id)'],
  ...["auth.claims.team == 'red'", 'auth.claims.team == doc.team', "auth.email.endsWith('@example.com')"],
  ...['members.exists(m, m.user_id == auth.id)', '!members.exists(m, m.user_id == auth.id)', 'is_member(doc.team)'],
  ...["request.method == 'GET'", 'owns(doc)', 'doc.owner.verified', 'auth.id in [doc.owner_id]'],
]

const ANN = '00000000-0000-7000-8000-00000000000a'
const BEN = '00000000-0000-7000-8000-00000000000b'

/** Callers, each with the columns of the matrix that they are in. */
export const ACTORS: readonly (readonly [cells: readonly string[], actor: Actor])[] = [
  [['anonymous'], ANONYMOUS],
  [['user', 'owner'], userOf({ id: ANN, role: 'user', verified: true, claims: { team: 'red' } })],
  [['user'], userOf({ id: BEN, role: 'user', verified: false, claims: null })],
  [['role:editor'], userOf({ id: ANN, role: 'editor', verified: false, claims: null })],
  [['role:editor'], userOf({ id: BEN, role: 'editor', verified: true, claims: { team: 'blue' } })],
  [['role:chief'], userOf({ id: BEN, role: 'chief', verified: true, claims: null })],
]

function userOf(facts: { id: string; role: string; verified: boolean; claims: unknown }): Actor {
  return { kind: 'user', ...facts, email: `${facts.id}@example.com`, metadata: null, sessionId: '' }
}

export const DOCUMENTS = [
  { id: 'a', owner_id: ANN, public: true, n: 1, team: 'red' },
  { id: 'b', owner_id: BEN, public: false, n: 2, team: 'blue' },
  { id: 'c', owner_id: null, public: true, n: 3, team: 'red' },
  { id: 'd', owner_id: ANN, public: false, n: 1, team: 'green' },
]

/**
 * Schemas with the collection `posts`: first one that allows everything, so that what is seldom decided at random is decided in every run; then as many whose
 * rules are made of anything.
 */
export function schemasToTry({ seed, count }: { readonly seed: number; readonly count: number }): readonly string[] {
  const open = schemaWith({ rules: OPERATIONS.map((operation) => `      ${operation}: "true"`), policies: [] })
  return [open, ...Array.from({ length: count }, (_, number) => randomSchema(new RandomSource(seed + number)))]
}

function randomSchema(random: RandomSource): string {
  const condition = (depth: number): string => {
    if (depth === 0 || random.chance(0.4)) return random.pick(CONDITIONS)
    const operator = random.pick(['&&', '||'])
    return `(${condition(depth - 1)} ${operator} ${condition(depth - 1)})`
  }
  const rule = (operation: Operation) => {
    const text = condition(2)
    // Read rules cannot look at the request.
    return operation === 'read' ? text.replaceAll("request.method == 'GET'", 'true') : text
  }
  const rules = OPERATIONS.filter(() => random.chance(0.8)).map(
    (operation) => `      ${operation}: "${rule(operation)}"`,
  )
  const policies = [
    `      - { name: more, on: [update], effect: permit, using: "${condition(1)}", check: "${condition(1)}" }`,
    `      - { name: less, on: [create, update, delete], effect: restrict, using: "${condition(1)}" }`,
  ].filter(() => random.chance(0.4))
  return schemaWith({ rules, policies })
}

interface Access {
  readonly rules: readonly string[]
  readonly policies: readonly string[]
}

function schemaWith({ rules, policies }: Access): string {
  return `version: 1
roles: { editor: { permissions: [] }, chief: { permissions: ["posts:*"] } }
definitions:
  "is_member(team)": "members.exists(m, m.team == team && m.user_id == auth.id)"
  "owns(d)": "d.owner_id == auth.id"
collections:
  members:
    fields: { id: { type: int, primary: true, default: auto }, team: { type: string }, user_id: { type: uuid, nullable: true } }
  posts:
    fields:
      id: { type: string, primary: true }
      owner_id: { type: uuid, nullable: true, references: users.id }
      public: { type: bool }
      n: { type: int }
      team: { type: string }
${rules.length === 0 ? '' : `    rules:\n${rules.join('\n')}`}
${policies.length === 0 ? '' : `    policies:\n${policies.join('\n')}`}
`
}

/** Stores DOCUMENTS, and what their rules look at. */
export async function storeDocuments(sandbox: RuleSandbox): Promise<void> {
  const users = [ANN, BEN].map((id) => ({
    op: 'create',
    collection: 'users',
    data: { id, email: `${id}@example.com` },
  }))
  const documents = DOCUMENTS.map((data) => ({ op: 'create', collection: 'posts', data }))
  const members = [{ op: 'create', collection: 'members', data: { team: 'red', user_id: ANN } }]
  await asServer(sandbox, 'POST', '/batch', { operations: [...users, ...documents, ...members] })
}

export async function asServer(sandbox: RuleSandbox, method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) {
  const { status, body: answer } = await sandbox.fetch(SYSTEM, { method, path, body })
  if (status >= 300) throw new Error(JSON.stringify(answer))
}
