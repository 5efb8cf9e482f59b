import { type Actor, AppError, type Tx } from '@koyalite/contracts'
import { z } from 'zod'
import type { OperatorActor } from '../../actors'
import { type AuthContext, audit, charge, type RequestContext } from '../../auth-context'
import { clearLoginFailures } from '../../store/login-failures'
import { lastProofOf, saveSessionProof } from '../../store/session-proofs'
import { findTotp } from '../../store/totp'
import { withFactor } from '../second-factor/totp'
import { factorId } from '../second-factor/totp-secret'
import { operatorAccount } from '../sign-in/login-lock'
import { checkOperatorPassword } from './operator-password'

/** As long as somebody sits at it. Milliseconds. */
const PROOF_MS = 10 * 60_000

const code = z.string().max(40)

export const operatorProofInput = z.union(
  [z.strictObject({ code }), z.strictObject({ recovery_code: code }), z.strictObject({ password: z.string() })],
  { error: 'Send one of code, recovery_code or password.' },
)
export type OperatorProofInput = z.output<typeof operatorProofInput>

/**
 * Takes another proof that the operator who uses a session is there: of the second factor, or the password where they
 * have none. Limited and counted as at a sign-in. Returns until when it counts. Throws VALIDATION_ERROR for a wrong one,
 * RATE_LIMITED, CONFLICT where they have no second factor, FORBIDDEN for the password where they have one.
 */
export async function proveOperator(
  context: AuthContext,
  request: RequestContext<OperatorActor>,
  proof: OperatorProofInput,
): Promise<{ readonly proved_until: string }> {
  const { actor, time } = request
  const proved = (tx: Tx, method: string): void => {
    saveSessionProof(tx, actor.sessionId, time)
    audit(context, tx, request, { event: 'admin.session_proved', details: { session_id: actor.sessionId, method } })
  }
  if ('password' in proof) await provePassword(context, request, { password: proof.password, proved })
  else await withFactor(context, request, proof, (tx) => proved(tx, 'code' in proof ? 'totp' : 'recovery_code'))
  return { proved_until: new Date(time + PROOF_MS).toISOString() }
}

async function provePassword(
  context: AuthContext,
  request: RequestContext<OperatorActor>,
  { password, proved }: { readonly password: string; proved(tx: Tx, method: string): void },
): Promise<void> {
  const { actor } = request
  requireNoSecondFactor(context, actor)
  const { rate_limit } = context.settings.auth
  charge(context, request, { name: 'admin_login', rate: rate_limit.login, account: actor.email })
  if (!(await checkOperatorPassword(context, request, password))) {
    const message = 'The password is wrong.'
    throw new AppError('VALIDATION_ERROR', message, { details: [{ field: 'password', code: 'wrong', message }] })
  }
  await context.database.write((tx) => {
    clearLoginFailures(tx, operatorAccount(actor.email))
    proved(tx, 'password')
  })
}

/** The password alone does not sign such an operator in. */
function requireNoSecondFactor({ database }: AuthContext, actor: OperatorActor): void {
  if (findTotp(database, factorId(actor))?.active)
    throw new AppError(
      'FORBIDDEN',
      'You have a second factor: send a code from your authenticator app, or a recovery code.',
    )
}

/**
 * For what a stolen session must not do: its operator has signed in, or proved that it is them, within ten minutes; with
 * the second factor, where they have one now. Throws FORBIDDEN, whose detail has the code `second_factor_required` or
 * `password_required`.
 */
export function requireProof({ database }: AuthContext, actor: Actor, time: number): void {
  if (actor.kind !== 'operator') throw new AppError('FORBIDDEN', 'Only operators can do this, in person.')
  const totp = findTotp(database, factorId(actor))
  const provedAt = lastProofOf(database, actor.sessionId) ?? 0
  const hasFactor = totp?.active === true
  // What was proved before there was a second factor was proved without it.
  if (time < provedAt + PROOF_MS && (!hasFactor || provedAt > totp.activeSince)) return
  const what = hasFactor ? 'a code of your authenticator app' : 'your password'
  const message = `Confirm that it is you with ${what}, at POST /api/admin/session/proof, then repeat the request.`
  throw new AppError('FORBIDDEN', message, {
    details: [{ field: 'session', code: hasFactor ? 'second_factor_required' : 'password_required', message }],
  })
}
