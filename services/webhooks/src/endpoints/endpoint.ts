/** Where events are sent to, and which. */
export interface EndpointConfig {
  /** Of letters, digits, `-` and `_`: it is a part of `webhook-id`, which has no dots. */
  readonly name: string
  /** Patterns of types of events: `posts.created`, `orders.*`. */
  readonly events: readonly string[]
  readonly url: string
  /** A CEL condition over `doc`, `old` and `type`; null: every event is sent. */
  readonly when: string | null
  /** What of a document is sent, besides its key; null: everything that is not internal. */
  readonly fields: readonly string[] | null
  /** `document`: events of one document arrive in the order of their commits, and one that cannot be delivered holds back those behind it. */
  readonly order: 'document' | 'none'
  /** `thin`: documents are not sent, only their keys. */
  readonly payload: 'full' | 'thin'
}

/** `koyalite.yaml`, or the admin API. */
export type EndpointSource = 'settings' | 'api'

/** Why nothing is sent to an endpoint: somebody said so, it answered 410, it failed for days, or the database is a copy of another project's. */
export type DisabledReason = 'operator' | 'gone' | 'failing' | 'copy'

/** How sending to an endpoint goes. Times in milliseconds since 1970. */
export interface EndpointState {
  readonly disabledAt: number | null
  readonly disabledReason: DisabledReason | null
  /** When it began to fail, with no success since; null: the last attempt succeeded, or there was none. */
  readonly failingSince: number | null
  readonly lastSuccessAt: number | null
  /** Events that were not sent since `when` failed on them. */
  readonly skipped: number
  /** Events that were not taken since too many waited. */
  readonly dropped: number
  /** The first of them. */
  readonly droppedSince: number | null
}

export interface Endpoint extends EndpointConfig, EndpointState {
  readonly source: EndpointSource
  /** ISO; of one of the settings when it was first seen. */
  readonly createdAt: number
}

/** What endpoints are called. */
export const ENDPOINT_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/
