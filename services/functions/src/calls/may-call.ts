import { allowsAdmin, hasScope } from '@koyalite/access'
import { type Actor, AppError } from '@koyalite/contracts'
import type { RequestContext } from '@koyalite/query'
import { FUNCTIONS_AREA } from '../admin-areas'
import type { LoadedFunction } from '../versions/loaded-function'

type Called = Pick<LoadedFunction, 'name' | 'access' | 'isAdmin'>

/**
 * Whether somebody may call a function whatever its `access` says: owners and admins, the server itself, and keys that were made for it. One that has the
 * server's rights takes a key that names it.
 */
export function mayInvoke(actor: Actor, { name, isAdmin }: Pick<Called, 'name' | 'isAdmin'>): boolean {
  switch (actor.kind) {
    case 'system':
    case 'operator':
      return allowsAdmin(actor, FUNCTIONS_AREA, 'write')
    case 'service_key':
      return (
        actor.scopes.some(({ scope, functions }) => {
          if (scope === 'functions:invoke') return functions === undefined ? !isAdmin : functions.includes(name)
          return false
        }) || hasScope(actor, 'admin')
      )
    case 'anonymous':
    case 'user':
      return false
  }
}

/** Throws where a caller from outside may not call a function. One without `access` does not exist for them: FUNCTION_NOT_FOUND; else UNAUTHENTICATED, FORBIDDEN. */
export function requireCall(actor: Actor, called: Called, request: RequestContext, input: unknown): void {
  if (mayInvoke(actor, called)) return
  if (called.access === null) throw functionNotFound(called.name)
  if (called.access(actor, request, input)) return
  if (actor.kind === 'anonymous') throw new AppError('UNAUTHENTICATED', 'Sign in to call this function.')
  throw new AppError('FORBIDDEN', 'You may not call this function.')
}

export function functionNotFound(name: string): AppError {
  return new AppError('FUNCTION_NOT_FOUND', `There is no function '${name.slice(0, 100)}'.`)
}
