import { AdminApiError, type AdminClient, createAdminClient } from '@koyalite/client/admin'

export interface Operator {
  readonly id: string
  readonly email: string
  readonly role: 'owner' | 'admin' | 'editor' | 'viewer'
  /** `users:read`, `users:write` … */
  readonly permissions: readonly string[]
}

export type SessionState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'signed_out' }
  /** Browsers say which page sends a request only over https, or on the server's own machine. */
  | { readonly kind: 'insecure' }
  | { readonly kind: 'unreachable'; readonly message: string }
  | { readonly kind: 'signed_in'; readonly operator: Operator }
  /** It has ended while somebody works: the page stays, and a dialog asks them to sign in again. */
  | { readonly kind: 'expired'; readonly operator: Operator }

export interface SignedIn {
  readonly operator: Operator | null
  readonly csrf_token?: string
}

/**
 * Who is signed in. The cookie is not readable by scripts, and the CSRF token is in this object's memory only: a page has to ask for it
 * after each load. Renews the session before a request that would meet an expired one, once for all requests.
 */
export class OperatorSession {
  readonly admin: AdminClient
  #state: SessionState = { kind: 'loading' }
  #csrf = ''
  #renewal: Promise<boolean> | null = null
  readonly #listeners = new Set<() => void>()

  constructor() {
    this.admin = createAdminClient({ fetch: (request) => this.#send(request) })
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly state = (): SessionState => this.#state

  /** Asks the server who the cookie is. */
  async load(): Promise<void> {
    await this.#renew()
  }

  /** Takes what signing in has returned. */
  accept({ operator, csrf_token = '' }: SignedIn): void {
    if (operator === null) return
    this.#csrf = csrf_token
    this.#set({ kind: 'signed_in', operator })
  }

  async signOut(): Promise<void> {
    await this.admin.logoutOperator()
    this.#csrf = ''
    this.#set({ kind: 'signed_out' })
  }

  /** A request of the studio, with what shows that it is one. Rejects as `fetch` does. */
  readonly fetch = (path: string, init: RequestInit = {}): Promise<Response> => this.#send(new Request(path, init))

  async #send(request: Request): Promise<Response> {
    // Once more after a renewal, or after somebody has signed in again over their page: so it is kept.
    const again = request.clone()
    const response = await this.#sendOnce(request)
    if (response.status !== 401 || isSignIn(request)) return response
    return (await this.#renew()) || (await this.#signedInAgain(request.signal)) ? this.#sendOnce(again) : response
  }

  /** Whether the operator whose session has ended is signed in again: resolves when they are, or have gone. */
  #signedInAgain(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.#state.kind === 'expired' && !signal.aborted) return
        stop()
        signal.removeEventListener('abort', look)
        resolve(this.#state.kind === 'signed_in' && !signal.aborted)
      }
      const stop = this.subscribe(look)
      signal.addEventListener('abort', look)
      look()
    })
  }

  #sendOnce(request: Request): Promise<Response> {
    if (request.method !== 'GET' && this.#csrf !== '') request.headers.set('x-csrf-token', this.#csrf)
    return fetch(request)
  }

  /** Whether somebody is signed in. */
  #renew(): Promise<boolean> {
    this.#renewal ??= this.#askAgain().finally(() => {
      this.#renewal = null
    })
    return this.#renewal
  }

  async #askAgain(): Promise<boolean> {
    try {
      this.accept(await this.admin.renewOperatorSession())
      return true
    } catch (error) {
      const before = this.#state
      const status = error instanceof AdminApiError ? error.status : 0
      if (status === 401 && 'operator' in before) this.#set({ kind: 'expired', operator: before.operator })
      else if (status === 401) this.#set({ kind: 'signed_out' })
      else if (status === 403) this.#set({ kind: 'insecure' })
      else if (!('operator' in before)) this.#set({ kind: 'unreachable', message: messageOf(error) })
      return false
    }
  }

  #set(state: SessionState): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }
}

/** Requests for which a 401 means a wrong password or no session, so that a renewal cannot help. */
function isSignIn({ url }: Request): boolean {
  return /\/api\/admin\/(login|session|mfa\/totp\/verify|setup)$/.test(new URL(url).pathname)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
