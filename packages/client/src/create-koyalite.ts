import type { ClientContext } from './client-context'
import { createContext } from './create-context'
import { assembled, type BaseClient } from './create-data'
import { UntypedLiveQuery } from './live-query'
import type { SchemaOf } from './metadata'
import type { LiveSource } from './ports'
import type { LiveCollection } from './query-types'
import type { Transport } from './transport'

/** What a client has besides its collections. */
export interface KoyaliteClient<in out S extends SchemaOf<S>> extends BaseClient<'live', S> {}

export type Koyalite<S extends SchemaOf<S>> = KoyaliteClient<S> & {
  readonly [C in Exclude<keyof S, keyof KoyaliteClient<S>>]: LiveCollection<S, C>
}

/** Members of the client, such as `koya.auth`, are made from it by `members`. */
export interface KoyaliteParts {
  live(context: ClientContext): LiveSource
  members(context: ClientContext): object
}

/** Puts the parts of a client together. @param transport with the session */
export function composeKoyalite<S extends SchemaOf<S>>(
  collections: ClientContext['collections'],
  transport: Transport,
  parts: KoyaliteParts,
): Koyalite<S> {
  const context = createContext(collections, transport, (own, state) => new UntypedLiveQuery(own, state, live))
  const live = parts.live(context)
  return assembled(context, parts.members(context)) as unknown as Koyalite<S>
}
