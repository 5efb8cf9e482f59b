/**
 * `blocked` waits for an earlier event of its document; `held` waited in a copy or backup of the database, and is sent only by a replay; `dead` is
 * given up; `skipped` by an operator.
 */
export const DELIVERY_STATES = ['waiting', 'blocked', 'delivered', 'dead', 'skipped', 'held'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** One request to the receiver. */
export interface Attempt {
  /** Milliseconds since 1970. */
  readonly at: number
  /** Null where there was no answer. */
  readonly status: number | null
  readonly ms: number
  /** Null where it succeeded. */
  readonly error: string | null
}

/** An event on its way to an endpoint. */
export interface Delivery {
  /** In the order in which they were taken. */
  readonly id: number
  readonly endpoint: string
  /** The header `webhook-id`. */
  readonly messageId: string
  readonly event: string
  /** `posts/42`: whose events keep their order; null: it waits for no other. */
  readonly document: string | null
  /** Exactly what is sent, and signed: the same bytes at each attempt. */
  readonly body: string
  readonly state: DeliveryState
  readonly attempts: readonly Attempt[]
  /** When it is sent, or tried again. */
  readonly nextAt: number
  readonly createdAt: number
  readonly finishedAt: number | null
  /** Of which it is a replay. */
  readonly replayOf: number | null
}
