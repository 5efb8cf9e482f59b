import type { Actor, KeyScope } from '@koyalite/contracts'

/** Whether a service key has a scope, for a collection where the scope is limited to some. `admin` includes every other. */
export function hasScope(actor: Actor & { kind: 'service_key' }, scope: KeyScope, collection?: string): boolean {
  return actor.scopes.some(
    (granted) =>
      (granted.scope === scope || granted.scope === 'admin') &&
      (granted.collections === undefined || (collection !== undefined && granted.collections.includes(collection))),
  )
}
