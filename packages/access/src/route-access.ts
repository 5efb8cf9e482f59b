import { type Actor, AppError, type RouteAccess } from '@koyalite/contracts'

type Of<Kind extends Actor['kind']> = Extract<Actor, { readonly kind: Kind }>

/** Documents: the rules of the schema decide, in the statement that reads or writes. */
export const byRules: RouteAccess = {
  kind: 'rules',
  description: 'Callers whom the rules of the schema allow it.',
  check: (actor) => actor,
}

/** @public A signed-in user, or an operator who acts as one. */
export const users = signedIn(['user'], 'Signed-in users.', 'Only users can do this.')

/** @public */
export const operators = signedIn(['operator'], 'Operators.', 'Only operators can do this.')

/** @public Who has a session: a user or an operator. */
export const usersAndOperators = signedIn(
  ['user', 'operator'],
  'Signed-in users and operators.',
  'Only users and operators have sessions.',
)

function signedIn<Kind extends Actor['kind']>(
  kinds: readonly Kind[],
  description: string,
  refusal: string,
): RouteAccess<Of<Kind>> {
  const may = (actor: Actor): actor is Of<Kind> => kinds.some((kind) => actor.kind === kind)
  return {
    kind: 'signed_in',
    description,
    check(actor) {
      if (may(actor)) return actor
      if (actor.kind === 'anonymous') throw new AppError('UNAUTHENTICATED', 'Sign in first.')
      throw new AppError('FORBIDDEN', refusal)
    },
  }
}
