/** What browsers have and other runtimes may not. */
export interface BrowserGlobals {
  readonly document?: object
  readonly localStorage?: WebStorage
  readonly sessionStorage?: WebStorage
  readonly location?: { readonly href: string; assign(url: string): void }
  readonly history?: { readonly state: unknown; replaceState(state: unknown, unused: string, url: string): void }
  readonly navigator?: { readonly locks?: WebLocks; readonly credentials?: Credentials }
  readonly PublicKeyCredential?: {
    parseCreationOptionsFromJSON?(options: unknown): unknown
    parseRequestOptionsFromJSON?(options: unknown): unknown
  }
  readonly BroadcastChannel?: new (name: string) => Channel
  addEventListener?(type: string, listener: (event: StorageChange) => void): void
}

interface WebStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

interface StorageChange {
  /** Null: all of them. */
  readonly key?: string | null
}

interface Channel {
  onmessage: (() => void) | null
  postMessage(message: unknown): void
}

export interface WebLocks {
  /** `run` gets null where the lock is not available at once, and that was asked for. */
  request(name: string, options: WebLockOptions, run: (lock: unknown) => Promise<unknown>): Promise<unknown>
}

export interface WebLockOptions {
  readonly signal?: AbortSignal
  readonly steal?: boolean
  readonly ifAvailable?: boolean
}

export interface Credentials {
  create(options: object): Promise<{ toJSON(): unknown } | null>
  get(options: object): Promise<{ toJSON(): unknown } | null>
}

/** Looked at when it is needed, never at import. */
export function browserGlobals(): BrowserGlobals {
  return globalThis as unknown as BrowserGlobals
}
