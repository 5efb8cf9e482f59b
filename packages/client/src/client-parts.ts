import type { ClientContext } from './client-context'
import type { QueryState } from './query'

/** What a query was made of. */
export interface QueryParts {
  readonly context: ClientContext
  readonly state: QueryState
}

/** For the other parts of this package, and for adapters. */
export function partsOf(query: object): QueryParts {
  // They are protected members, which all that is not a query in a program has to leave alone.
  return query as unknown as QueryParts
}

/** The key of a client's context: the same in all copies of this package that a program has. */
export const CONTEXT: unique symbol = Symbol.for('koyalite.context') as never

/** What the parts of a client share. Throws a TypeError for anything else. */
export function contextOf(client: object): ClientContext {
  const context = (client as { readonly [CONTEXT]?: ClientContext })[CONTEXT]
  if (context === undefined) throw new TypeError('not a client of createKoyalite')
  return context
}
