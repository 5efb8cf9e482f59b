import type { Actor } from '../actor'
import type { Tx } from '../tx'
import type { HookValues } from './document-hooks'

export type AuthHookName = 'beforeRegister' | 'afterRegister' | 'beforeLogin' | 'afterLogin'

/** A registration or a sign-in that hooks are run for. */
export interface AuthHookCall {
  /** As sessions have it: `password`, `magic_link`, `otp`, `passkey`, `anonymous`, `oauth:<provider>`. */
  readonly method: string
  /** Who sent the request: nobody as a rule, and the anonymous user who becomes a full one. */
  readonly actor: Actor
  /** Milliseconds since 1970; the same for all of a request. */
  readonly time: number
  readonly ip: string
  readonly requestId: string | null
}

/**
 * What the project's code has to say of registrations and sign-ins. What it throws as its own error is an AppError with `own`; anything else is INTERNAL,
 * named in the log.
 */
export interface AuthHooks {
  has(name: AuthHookName): boolean
  /**
   * Inside of the registering transaction. Returns the fields of `users` that the registration goes on with: all of them, not only those that it changed.
   * Throws where it returned a promise.
   * @param data what was sent and what the server adds, with the id of the user
   */
  beforeRegister(tx: Tx, call: AuthHookCall, data: HookValues): HookValues
  /** Inside of the transaction that would open the session, once all factors are proved. Throws where it returned a promise. */
  beforeLogin(tx: Tx, call: AuthHookCall, user: HookValues): void
  /** At most once. Returns at once, and never throws. To be called by `tx.afterCommit`. */
  after(name: 'afterRegister' | 'afterLogin', call: AuthHookCall, user: HookValues): void
}
