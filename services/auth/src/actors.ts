import { type Actor, AppError, type RouteAccess } from '@koyalite/contracts'

export type UserActor = Extract<Actor, { readonly kind: 'user' }>
export type OperatorActor = Extract<Actor, { readonly kind: 'operator' }>

/** A user in person: credentials are out of reach of an operator who acts as them. */
export type UserInPerson = UserActor & { readonly impersonator?: never }

/** Somebody with credentials of their own. */
export type Person = UserInPerson | OperatorActor

/** Somebody with a session. */
export type SessionActor = UserActor | OperatorActor

/** Access to a route for users in person, who are the only callers that its operation takes. */
export const usersInPerson: RouteAccess<UserInPerson> = {
  kind: 'signed_in',
  description: 'Signed-in users, and no operator who acts as one.',
  check: requireUserInPerson,
}

/** The same for operators too. */
export const people: RouteAccess<Person> = {
  kind: 'signed_in',
  description: 'Signed-in users and operators, and no operator who acts as a user.',
  check: (actor) => (actor.kind === 'operator' ? actor : requireUserInPerson(actor)),
}

/** Throws UNAUTHENTICATED for anonymous callers, FORBIDDEN for keys, operators and impersonators. */
export function requireUserInPerson(actor: Actor): UserInPerson {
  if (actor.kind === 'anonymous') throw new AppError('UNAUTHENTICATED', 'Sign in first.')
  if (actor.kind !== 'user') throw new AppError('FORBIDDEN', 'Only users can do this.')
  if (!isInPerson(actor))
    throw new AppError('FORBIDDEN', 'An operator impersonating a user cannot change their credentials.')
  return actor
}

/** Whether an actor is that user, and not an operator who acts as them. */
export function isUserInPerson(actor: Actor, userId: string): boolean {
  return actor.kind === 'user' && actor.id === userId && isInPerson(actor)
}

function isInPerson(actor: UserActor): actor is UserInPerson {
  return actor.impersonator === undefined
}
