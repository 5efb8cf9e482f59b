import { type Actor, ANONYMOUS } from '@koyalite/contracts'
import { type Access, accessOf, accessOfClass, ownerFields } from '@koyalite/query'
import { type Collection, type Schema, USERS } from '@koyalite/schema'
import { describeActor } from '../explain/asked-actor'
import { plainRequest } from '../explain/explain-operation'

/** A column of the matrix: callers of whom the same is known, or one who was asked about. */
export interface ActorClass {
  /** `anonymous`, `user`, `owner`, `role:editor`, `asked`. */
  readonly id: string
  readonly name: string
  /** Who that is, in words. */
  readonly about: string
  /** Their rights in a collection; null where nobody is of the class there: a collection without owners. */
  access(collection: Collection): Access | null
}

/** Of a user everything but the role may be anything. */
const OF_USERS = new Set(['id', 'email', 'verified', 'metadata', 'claims'] as const)
const NOTHING: ReadonlySet<never> = new Set()

/** The columns of a schema's matrix. @param asked one more, for somebody in particular */
export function actorClasses(schema: Schema, asked: Actor | null, time: number): readonly ActorClass[] {
  const role = defaultRole(schema)
  const fixed = (access: Access) => () => access
  const ofRole = (name: string) => fixed(accessOfClass(schema, someUser(name), { auth: OF_USERS, owns: null }))
  const others = [...schema.roles.keys()].filter((name) => name !== role)
  return [
    {
      id: 'anonymous',
      name: 'anonymous',
      about: 'callers who are not signed in',
      access: fixed(accessOfClass(schema, { ...ANONYMOUS }, { auth: NOTHING, owns: null })),
    },
    { id: 'user', name: 'signed in', about: `users of the role ${role}`, access: ofRole(role) },
    {
      id: 'owner',
      name: 'owner',
      about: `users of the role ${role}, for documents that have their id in the field that rules compare with it`,
      access(collection) {
        const [field] = ownerFields(schema, collection)
        if (field === undefined) return null
        return accessOfClass(schema, someUser(role), { auth: OF_USERS, owns: field.name })
      },
    },
    ...others.map((name) => ({ id: `role:${name}`, name, about: `users of the role ${name}`, access: ofRole(name) })),
    ...(asked === null
      ? []
      : [
          {
            id: 'asked',
            name: asked.kind === 'user' ? asked.email : describeActor(asked),
            about: describeActor(asked),
            access: fixed(accessOf(schema, asked, plainRequest('read', time))),
          },
        ]),
  ]
}

/** What new users have. */
function defaultRole({ collections }: Schema): string {
  const value = collections.get(USERS)?.fields.get('role')?.default
  return value?.kind === 'literal' && typeof value.value === 'string' ? value.value : 'user'
}

/** Stands for all users of a role: what is open of them is not looked at. */
function someUser(role: string): Actor {
  const nobodyInParticular = { id: '00000000-0000-7000-8000-000000000000', email: '', sessionId: '' }
  return { kind: 'user', ...nobodyInParticular, role, verified: false, metadata: null, claims: null }
}
