import { createAuthPart } from './auth/auth-part'
import type { AuthOptions } from './auth/auth-session'
import type { Auth } from './auth/auth-types'
import type { CallOptions, DataOptions } from './call-options'
import type { ClientContext } from './client-context'
import { CONTEXT } from './client-parts'
import { createContext } from './create-context'
import { assembled, type BaseClient } from './create-data'
import { createLive, type Realtime } from './live/create-live'
import { createOpenChannel } from './live/open-channel'
import type { OnWake } from './live/wake-events'
import type { WebSocketClass } from './live/web-socket-channel'
import { UntypedLiveQuery } from './live-query'
import type { Metadata, SchemaOf } from './metadata'
import type { LiveSource, LiveStore } from './ports'
import { prefetch } from './prefetch'
import type { LiveCollection } from './query-types'
import { schemaHash } from './schema-hash'
import { createTransport, type Transport } from './transport'

/** What a client has besides its collections. */
export interface KoyaliteClient<in out S extends SchemaOf<S>> extends BaseClient<'live', S> {
  /** The connection that all live queries share. */
  readonly realtime: Realtime
  /** Signing up, in and out. */
  readonly auth: Auth<S>
  /**
   * Reads what a live query will show first: on a server that renders a page, where `dehydrate(koya)` then hands it on to the browser, or shortly
   * before a component shows it.
   */
  prefetch(query: { readonly key: string; live(): LiveStore<object> }, options?: CallOptions): Promise<void>
}

export interface KoyaliteOptions extends DataOptions, AuthOptions {
  /** Null: none, live queries come over event streams. @default the global one */
  readonly WebSocket?: WebSocketClass | null | undefined
  /** Calls `wake` whenever the device may have slept or has another network. @default when a tab is shown, or is online again */
  readonly onWake?: OnWake | undefined
}

export type Koyalite<S extends SchemaOf<S>> = KoyaliteClient<S> & {
  readonly [C in Exclude<keyof S, keyof KoyaliteClient<S>>]: LiveCollection<S, C>
}

/** Nothing is sent before the first call. @param metadata from generated code */
export function createKoyalite<S extends SchemaOf<S>>(metadata: Metadata<S>, options: KoyaliteOptions): Koyalite<S> {
  const part = createAuthPart(options)
  const transport = createTransport({ ...options, schema: schemaHash(metadata.collections) }, part.createSession)
  const { WebSocket = globalThis.WebSocket as WebSocketClass | undefined } = options
  return composeKoyalite(metadata.collections, transport, (context) => {
    const live = createLive(context, {
      open: createOpenChannel(transport, WebSocket ?? undefined),
      onWake: options.onWake,
    })
    return { live, members: { realtime: live.realtime, auth: part.createAuth<S>(context) } }
  })
}

/** Puts the parts of a client together. @param transport with the session */
export function composeKoyalite<S extends SchemaOf<S>>(
  collections: ClientContext['collections'],
  transport: Transport,
  createParts: (context: ClientContext) => KoyaliteParts,
): Koyalite<S> {
  const context = createContext(collections, transport, (own, state) => new UntypedLiveQuery(own, state, live))
  const { live, members } = createParts(context)
  const own: Pick<KoyaliteClient<S>, 'prefetch'> = { prefetch }
  return assembled(context, { ...own, ...members, [CONTEXT]: context }) as unknown as Koyalite<S>
}

interface KoyaliteParts {
  readonly live: LiveSource
  /** Such as `koya.auth`. */
  readonly members: object
}
