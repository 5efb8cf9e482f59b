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
  /** It runs jobs: `true`, the name of the queue that they share, or what is different. */
  readonly queue?: true | string | QueueConfig
  /** The functions that `ctx.queue.push` may push jobs of. */
  readonly queues?: readonly string[]
  /** When it runs by itself: a pattern like `0 8 * * *`, or what is different. */
  readonly schedule?: string | ScheduleConfig
  /** As whom its jobs run; `system`, which takes `admin: true`, is nobody. @default 'enqueuer' */
  readonly run_as?: 'enqueuer' | 'system'
  /** Events that call it: `posts.created`, `posts.*`, `orders.paid`. */
  readonly events?: readonly string[]
  /** Events of the project that `ctx.events.publish` may publish: `orders.paid`, `orders.*`. */
  readonly publishes?: readonly string[]
  /** Changes that it makes itself do not call it. @default false */
  readonly ignore_own?: boolean
  /** Gives `ctx.admin`: the rights of the server. */
  readonly admin?: boolean
}

/** When a function runs by itself. */
export interface ScheduleConfig {
  /** Five fields, or six with seconds first. */
  readonly cron: string
  /** @default 'UTC' */
  readonly timezone?: string
  /** Where the job before still waits or runs. @default 'skip' */
  readonly overlap?: 'skip' | 'allow'
  /** What was due while the server was not there. @default 'run_once' */
  readonly missed?: 'run_once' | 'skip'
  /** Each firing is later by up to this, like `5m`. */
  readonly jitter?: string
  /** What it is given. @default {} */
  readonly payload?: unknown
}

/** How a function runs jobs. */
export interface QueueConfig {
  /** The queue whose concurrency and rate they share. @default 'default' */
  readonly name?: string
  /** Of each run, at most 24h. @default '15m' */
  readonly timeout?: string
  readonly retry?: {
    /** @default 20 */
    readonly max_attempts?: number
    /** After the first error; twice as long after each one that follows. @default '10s' */
    readonly base?: string
    /** @default '1h' */
    readonly max?: string
  }
  /** How many jobs of one group run at once. @default 1 */
  readonly group_concurrency?: number
  /** Among whose jobs keys are unique. @default 'enqueuer' */
  readonly key_scope?: 'enqueuer' | 'all'
  /** Operators do not see payloads and results. */
  readonly sensitive?: boolean
  /** Whoever has pushed a job sees its result. */
  readonly result?: boolean
}
