/** How sending to an endpoint of webhooks goes. Times in milliseconds since 1970. */
export interface WebhookHealth {
  readonly name: string
  /** Null where it is enabled. */
  readonly disabled: 'operator' | 'gone' | 'failing' | 'copy' | null
  /** No attempt has succeeded since; null where the last one did. */
  readonly failingSince: number | null
  readonly waiting: number
  /** When the event that waits longest was taken; null where none waits. */
  readonly oldestAt: number | null
  /** Events that were not taken, since too many waited. */
  readonly dropped: number
  /** What of it does not fit the schema, in sentences. */
  readonly problems: readonly string[]
}
