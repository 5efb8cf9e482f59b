/** What every call takes in its last argument. */
export interface CallOptions {
  /** Ends the call at once, with ABORTED and the signal's reason as its cause. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds that one try may take. @default that of the client */
  readonly timeout?: number | undefined
  /** Besides those of the client, or instead of them. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Of writes: with the same key, the server gives its first answer again for 24 hours. @default a random one */
  readonly idempotencyKey?: string | undefined
}

/** A token, or what gives one: `expired` says that the server has refused the last one. Null: no credentials. */
export type TokenSource = string | ((asked: { readonly expired: boolean }) => string | null | Promise<string | null>)

export interface DataOptions {
  /** The server's address: `https://api.example.com`. One that is none throws INVALID_REQUEST when the client is made. */
  readonly url: string
  /** A service key or an access token. */
  readonly token?: TokenSource | undefined
  /** @default the global one */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined
  /** Milliseconds that one try of a call may take; 0: as long as it wants. @default 30000 */
  readonly timeout?: number | undefined
  /** Of each request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** How often a call is repeated that failed for reasons that pass. @default 3 */
  readonly retries?: number | undefined
}
