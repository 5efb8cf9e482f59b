import { AppError, type Tx } from '@koyalite/contracts'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import { findAccount } from '../../store/accounts'
import { insertOneTimeToken } from '../../store/one-time-tokens'
import type { SignInMethod, SubjectKind } from '../../store/sessions'
import { findTotp } from '../../store/totp'
import { hashSecret, randomSecret } from '../../tokens/secret'
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
 * Throws FORBIDDEN for a user who is blocked: only somebody who can sign in learns of that.
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
  const open = beginSession(context, tx, { kind: 'user', subject: userId, method, request })
  audit(context, tx, request, { event: 'auth.login', actor, details: { method, session_id: open.session.id } })
  return { kind: 'signed_in', open }
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
