import { expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Actor, SYSTEM } from '@koyalite/contracts'
import type { RuleSandbox } from '@koyalite/rules'
import fc from 'fast-check'
import { loadSchema, sandboxOf } from './testing/open-sandbox'
import { type Person, visibleMembers, type WorkspaceState, wrongChange } from './testing/workspace-model'

setDefaultTimeout(60_000)

const TEMPLATE = join(import.meta.dir, '../../cli/src/templates/saas/schema.yaml')
const SEATS = 6

const uuid = (kind: string, number: number) => `00000000-0000-7000-${kind}000-00000000000${number}`
const people = ['ann', 'ben', 'cleo', 'dora', 'eve'].map(
  (name, index): Person => ({ id: uuid('8', index), email: `${name}@example.com`, verified: name !== 'eve' }),
)
const WORKSPACES = [0, 1, 2].map((number) => uuid('9', number))
const WHAT = [
  'found',
  'invite',
  'enter',
  'accept',
  'change',
  'replace',
  'upsert',
  'remove',
  'transfer',
  'rename',
] as const
const CODES = ['a', 'b', 'c'].map((letter) => letter.repeat(22))

const VALUES = {
  workspace_id: fc.constantFrom(...WORKSPACES),
  user_id: fc.constantFrom(null, ...people.map(({ id }) => id)),
  role: fc.constantFrom('admin', 'member', 'owner'),
  email: fc.constantFrom(null, ...people.map(({ email }) => email)),
  code: fc.constantFrom(null, ...CODES),
  invited_by: fc.constantFrom(...people.map(({ id }) => id)),
  created_at: fc.constant('2090-01-01T00:00:00.000Z'),
}

/** A few fields of a membership: with many of them, one is refused for certain. */
const fields = fc
  .subarray(Object.keys(VALUES) as (keyof typeof VALUES)[], { minLength: 1, maxLength: 2 })
  .chain((names) =>
    fc.record(VALUES).map((all): Partial<typeof all> => Object.fromEntries(names.map((name) => [name, all[name]]))),
  )

/** What somebody tries. Numbers say which one of those that there are. */
const attempt = fc.record({
  who: fc.nat(people.length - 1),
  what: fc.constantFrom('accept', ...WHAT),
  which: fc.nat(20),
  fields,
  honest: fc.boolean(),
})
type Attempt = typeof attempt extends fc.Arbitrary<infer T> ? T : never

test('whatever users try, memberships, roles and ownership change only as the template promises', async () => {
  const done = new Set<string>()
  const property = fc.asyncProperty(
    fc.array(attempt, { minLength: 30, maxLength: 50, size: 'max' }),
    async (attempts) => {
      const sandbox = await openWorkspaces()
      try {
        let state = await readState(sandbox)
        for (const one of attempts) {
          const person = people[one.who] as Person
          const request = requestOf(one, person, state)
          const { status } = await sandbox.fetch(actorOf(person), request)
          expect(status).toBeLessThan(500)
          if (status >= 300) continue
          done.add(one.what)
          const after = await readState(sandbox)
          const problem = wrongChange(person, state, after, SEATS)
          if (problem !== null) throw new Error(`${problem}: ${JSON.stringify({ person, request, before: state })}`)
          expect(ids(await listed(sandbox, actorOf(person), 'members'))).toEqual(ids(visibleMembers(after, person)))
          state = after
        }
      } finally {
        await sandbox.close()
      }
    },
  )
  await fc.assert(property, { numRuns: Number(process.env.KOYALITE_WALKS ?? 15) })
  // Most of it succeeds for somebody, or the test would prove nothing.
  expect(done.size).toBeGreaterThan(6)
})

/** Two workspaces with an owner, an admin, a member and open invitations. */
async function openWorkspaces(): Promise<RuleSandbox> {
  const sandbox = await sandboxOf(loadSchema(readFileSync(TEMPLATE, 'utf8')))()
  const create = (collection: string, data: object) => ({ op: 'create', collection, data })
  const [ann, ben, cleo, dora, eve] = people as [Person, Person, Person, Person, Person]
  const [first, second] = WORKSPACES as [string, string]
  const member = (workspace_id: string, data: object) =>
    create('members', { workspace_id, invited_by: ann.id, ...data })
  const operations = [
    create('plans', { id: 'free', title: 'Free', price_cents: 0, max_members: SEATS }),
    ...people.map((person) => create('users', person)),
    create('workspaces', { id: first, name: 'First', slug: 'first', owner_id: ann.id }),
    create('workspaces', { id: second, name: 'Second', slug: 'second', owner_id: ben.id }),
    member(first, { user_id: ann.id, role: 'admin' }),
    member(first, { user_id: ben.id, role: 'admin' }),
    member(first, { user_id: cleo.id }),
    member(first, { email: dora.email, invited_by: ben.id }),
    member(second, { user_id: ben.id, role: 'admin', invited_by: ben.id }),
    member(second, { email: eve.email, role: 'admin', invited_by: ben.id }),
    member(second, { code: CODES[0], invited_by: ben.id }),
    // By somebody who may not invite, and by an account that has been deleted.
    member(second, { email: cleo.email, invited_by: dora.id }),
    member(second, { email: ann.email, invited_by: null }),
  ]
  expect(await sandbox.fetch(SYSTEM, { method: 'POST', path: '/batch', body: { operations } })).toMatchObject({
    status: 200,
  })
  return sandbox
}

function requestOf({ what, which, fields, honest }: Attempt, person: Person, state: WorkspaceState) {
  const of = <T>(values: readonly T[]): T => values[which % values.length] as T
  const data = { workspace_id: of(WORKSPACES), ...fields }
  const member = `/collections/members/${of(state.members).id}`
  const workspace = `/collections/workspaces/${of(WORKSPACES)}`
  const open = state.members.filter(({ user_id, code }) => user_id === null && code !== null)
  switch (what) {
    case 'found': {
      const made = {
        id: of(WORKSPACES),
        name: 'New',
        slug: `new-${which}`,
        ...(honest ? {} : { owner_id: fields.user_id }),
      }
      const first = { workspace_id: made.id, user_id: person.id, role: 'admin', ...(honest ? {} : fields) }
      const operations = [
        { op: 'create', collection: 'workspaces', data: made },
        { op: 'create', collection: 'members', data: first },
      ]
      return { method: 'POST', path: '/batch', body: { operations } } as const
    }
    case 'invite': {
      const invitation = {
        workspace_id: data.workspace_id,
        ...(fields.code ? { code: fields.code } : { email: of(people).email }),
      }
      return { method: 'POST', path: '/collections/members', body: honest ? invitation : data } as const
    }
    case 'enter': {
      const code = honest && open.length > 0 ? of(open).code : of(CODES)
      return { method: 'POST', path: '/collections/entered_codes', body: { code } } as const
    }
    case 'accept': {
      const invitations = visibleMembers(state, person).filter(({ user_id }) => user_id === null)
      const path = invitations.length > 0 ? `/collections/members/${of(invitations).id}` : member
      return { method: 'PATCH', path, body: { ...(honest ? {} : fields), user_id: person.id } } as const
    }
    case 'change':
      return { method: 'PATCH', path: member, body: honest ? { role: fields.role ?? 'member' } : fields } as const
    case 'replace':
      return {
        method: 'PUT',
        path: member,
        body: honest ? { ...of(state.members), ...OMITTED, user_id: person.id } : data,
      } as const
    case 'upsert': {
      const body = honest ? { workspace_id: data.workspace_id, email: of(people).email } : data
      return { method: 'PUT', path: `/collections/members/${uuid('a', which % 9)}`, body } as const
    }
    case 'remove':
      return { method: 'DELETE', path: member } as const
    case 'transfer':
      return { method: 'PATCH', path: workspace, body: { owner_id: fields.user_id ?? of(people).id } } as const
    case 'rename':
      return {
        method: 'PATCH',
        path: workspace,
        body: { name: `Name ${which}`, ...(honest ? {} : { plan_id: 'team' }) },
      } as const
  }
}

/** Fields that only the server writes. */
const OMITTED = { invited_by: undefined, created_at: undefined }

function actorOf(person: Person): Actor {
  const known = actors.get(person)
  if (known) return known
  const actor: Actor = { kind: 'user', ...person, role: 'user', metadata: null, claims: null, sessionId: '' }
  actors.set(person, actor)
  return actor
}

const actors = new Map<Person, Actor>()

async function readState(sandbox: RuleSandbox): Promise<WorkspaceState> {
  const [workspaces, members, codes] = await Promise.all(
    ['workspaces', 'members', 'entered_codes'].map((collection) => listed(sandbox, SYSTEM, collection)),
  )
  return { workspaces, members, codes } as never
}

async function listed(sandbox: RuleSandbox, actor: Actor, collection: string): Promise<readonly { id: string }[]> {
  const { body } = await sandbox.fetch(actor, { method: 'GET', path: `/collections/${collection}?limit=500` })
  return (body as { docs: readonly { id: string }[] }).docs
}

function ids(documents: readonly { readonly id: string }[]): readonly string[] {
  return documents.map(({ id }) => id).toSorted()
}
