import { type Actor, AppError } from '@koyalite/contracts'

export type UserActor = Extract<Actor, { readonly kind: 'user' }>
export type OperatorActor = Extract<Actor, { readonly kind: 'operator' }>

/** Throws UNAUTHENTICATED for nobody, FORBIDDEN for keys and operators. */
export function requireUser(actor: Actor): UserActor {
  if (actor.kind === 'user') return actor
  throw refuse(actor, 'Only users can do this.')
}

/** A user in person: credentials are out of reach for an operator who acts in their name. */
export function requireUserInPerson(actor: Actor): UserActor {
  const user = requireUser(actor)
  if (user.impersonator)
    throw new AppError('FORBIDDEN', 'An operator impersonating a user cannot change their credentials.')
  return user
}

/** Whether a request is that user's own, and not of an operator who acts as them. */
export function isInPerson(actor: Actor, userId: string): boolean {
  return actor.kind === 'user' && actor.id === userId && actor.impersonator === undefined
}

/** A user in person, or an operator: whoever has credentials of their own. */
export function requirePerson(actor: Actor): UserActor | OperatorActor {
  return actor.kind === 'operator' ? actor : requireUserInPerson(actor)
}

/** Throws UNAUTHENTICATED for nobody, FORBIDDEN for keys and users. */
export function requireOperator(actor: Actor): OperatorActor {
  if (actor.kind === 'operator') return actor
  throw refuse(actor, 'Only operators can do this.')
}

/** Somebody with a session: a user or an operator. */
export function requireSession(actor: Actor): UserActor | OperatorActor {
  if (actor.kind === 'user' || actor.kind === 'operator') return actor
  throw refuse(actor, 'Only users and operators have sessions.')
}

function refuse(actor: Actor, message: string): AppError {
  return actor.kind === 'anonymous'
    ? new AppError('UNAUTHENTICATED', 'Sign in first.')
    : new AppError('FORBIDDEN', message)
}
