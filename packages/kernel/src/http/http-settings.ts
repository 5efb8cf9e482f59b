import type { TrustProxy } from './client-address'
import type { CorsSettings } from './cors'

/** The part of the settings (`server`) that the HTTP application needs. */
export interface HttpSettings {
  readonly host: string
  /** The address users see; links are made from it, never from headers. */
  readonly url: string | null
  readonly cors: CorsSettings
  /** Added to every response. */
  readonly headers: Readonly<Record<string, string>>
  /** Bytes. */
  readonly max_body: number
  /** Which proxies in front may be believed about the client's address and scheme. */
  readonly trust_proxy: TrustProxy
}
