/** The manifest, as code: the same keys as `functions/<name>.yaml`, which describes them. */
export interface FunctionConfig {
  readonly name?: string
  readonly runtime?: 'bun' | 'node' | 'deno'
  readonly isolation?: 'auto' | 'process' | 'sandbox' | 'container'
  /** Who may call it over HTTP, in CEL over `auth` and `request`. Without it nobody may: the function is internal. */
  readonly access?: string
  /** `none`: takes no credential. */
  readonly auth?: 'none'
  readonly route?: string
  readonly methods?: readonly string[]
  readonly max_body?: string
  readonly cors?: 'own'
  readonly html?: boolean
  readonly rate?: string
  /** @default '10s' */
  readonly start_timeout?: string
  /** @default '30s' */
  readonly timeout?: string
  readonly stream_timeout?: string
  readonly memory?: string
  readonly cpu?: number
  /** How many calls one instance runs at a time. */
  readonly concurrency?: number
  readonly env?: Readonly<Record<string, string>>
  readonly build_env?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>> | readonly string[]
  readonly trusted?: readonly string[]
  /** Where it may connect to: `api.stripe.com:443`. @default 'none' */
  readonly network?: 'none' | 'all' | readonly string[]
  readonly read?: boolean
  /** The functions that `ctx.functions.call` may call. */
  readonly calls?: readonly string[]
  /** Gives `ctx.admin`: the rights of the server. */
  readonly admin?: boolean
}
