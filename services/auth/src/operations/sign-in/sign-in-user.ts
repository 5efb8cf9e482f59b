import { AppError, type Tx } from '@koyalite/contracts'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import { findAccount } from '../../store/accounts'
import { insertOneTimeToken } from '../../store/one-time-tokens'
import type { SignInMethod, SubjectKind } from '../../store/sessions'
import { findTotp } from '../../store/totp'
import { hashSecret, randomSecret } from '../../tokens/secret'
import { authHookCall, userValues } from '../accounts/register-hooks'
import { beginSession, type OpenSession } from '../sessions/begin-session'

/** Where a sign-in has led: to a session, or to the question for a second factor. */
export type SignIn =
  | { readonly kind: 'signed_in'; readonly open: OpenSession }
  | { readonly kind: 'mfa_required'; readonly mfaToken: string; readonly methods: readonly MfaMethod[] }

export type MfaMethod = 'totp' | 'recovery_code'

/** Time to type in a code. */
const MFA_TTL = 5 * 60_000

/** Methods that are two factors in themselves, or that follow a second one. */
export interface SecondFactor {
  readonly done: boolean
}

/**
 * Signs a user in who has proved one factor, inside the write that consumed the proof.
 * Throws FORBIDDEN for a user who is blocked, and what hooks throw: only somebody who can sign in learns of that.
 */
export function signInUser(
  context: AuthContext,
  tx: Tx,
  who: {
    readonly userId: string
    readonly method: SignInMethod
    readonly request: RequestContext
    readonly secondFactor?: SecondFactor
  },
): SignIn {
  const { userId, method, request } = who
  if (findAccount(tx, userId).blockedAt !== null) throw new AppError('FORBIDDEN', 'This account is blocked.')
  const email = context.users.byId(tx, userId)?.email ?? null
  const actor = { kind: 'user', id: userId, name: email } as const
  if (!who.secondFactor?.done && findTotp(tx, userId)?.active) {
    return askSecondFactor(context, tx, request, { actor, method })
  }
  beforeLogin(context, tx, who)
  const open = beginSession(context, tx, { kind: 'user', subject: userId, method, request })
  audit(context, tx, request, { event: 'auth.login', actor, details: { method, session_id: open.session.id } })
  afterLogin(context, tx, who)
  return { kind: 'signed_in', open }
}

/** The first sign-in of an account that the same write may have made: refused by a hook, the account stays. */
export type FirstSignIn = SignIn | { readonly kind: 'refused'; readonly error: AppError }

/**
 * The same for somebody who may be new. What a hook refuses now, it may allow once the address is proved: undone with the refusal, the account could
 * never come to that.
 */
export function signInNewUser(context: AuthContext, tx: Tx, who: Parameters<typeof signInUser>[2]): FirstSignIn {
  try {
    return tx.attempt(() => signInUser(context, tx, who))
  } catch (error) {
    if (error instanceof AppError && error.own !== undefined) return { kind: 'refused', error }
    throw error
  }
}

/** To be asked when the write is committed. Throws what the hook threw. */
export function requireSignedIn(first: FirstSignIn): SignIn {
  if (first.kind === 'refused') throw first.error
  return first
}

type Arriving = Pick<Parameters<typeof signInUser>[2], 'userId' | 'method' | 'request'>

function beforeLogin(context: AuthContext, tx: Tx, { userId, method, request }: Arriving): void {
  const hooks = context.hooks()
  if (!hooks?.has('beforeLogin')) return
  hooks.beforeLogin(tx, authHookCall(request, method), userValues(context, tx, userId))
  // It may have written to `users`.
  if (!context.users.byId(tx, userId)) throw new AppError('UNAUTHENTICATED', 'The account no longer exists.')
}

function afterLogin(context: AuthContext, tx: Tx, { userId, method, request }: Arriving): void {
  const hooks = context.hooks()
  if (!hooks?.has('afterLogin')) return
  const user = userValues(context, tx, userId)
  tx.afterCommit(() => hooks.after('afterLogin', authHookCall(request, method), user))
}

/** The first factor is proved: returns the token for the second step. */
export function askSecondFactor(
  context: AuthContext,
  tx: Tx,
  request: RequestContext,
  { actor, method }: { readonly actor: AuditedPerson; readonly method: SignInMethod },
): SignIn {
  const mfaToken = randomSecret('km_')
  insertOneTimeToken(tx, {
    hash: hashSecret(mfaToken),
    purpose: 'mfa',
    subject: actor.id,
    data: { method, kind: actor.kind },
    expiresAt: request.time + MFA_TTL,
  })
  audit(context, tx, request, { event: 'auth.mfa_required', actor, details: { method } })
  return { kind: 'mfa_required', mfaToken, methods: ['totp', 'recovery_code'] }
}

interface AuditedPerson {
  readonly kind: SubjectKind
  readonly id: string
  readonly name: string | null
}
